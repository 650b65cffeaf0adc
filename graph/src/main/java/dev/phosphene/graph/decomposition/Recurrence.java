package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * RNN, GRU and LSTM as their time steps one after the other, as many as the input is long.
 *
 * <p>Beyond a sequence's own length its outputs are zero and its state stays as it is; the second
 * direction starts at each sequence's own end.
 */
final class Recurrence {
  /**
   * Nodes grow with the number of steps, and the time that the runtime needs to prepare them grows
   * faster. An LSTM of two directions and its gradient, on two busy cores: 128 steps, 10,000 nodes,
   * 4 s; 512 steps, 40,000 nodes, more than a minute.
   */
  private static final long MOST_STEPS = 1024;

  /**
   * An operator's cell.
   *
   * @param gates how many weight matrices stand one after the other
   * @param separateBias whether the candidate's recurrent bias is the cell's to add
   */
  private record Kind(
      int gates, Function<RecurrentWeights, RecurrentCell> cell, boolean separateBias) {}

  private final Composite graph;
  private final Kind kind;
  private final long steps;
  private final long batch;
  private final long hidden;
  private final int directions;
  private final boolean ragged;

  private Recurrence(Composite graph, Kind kind) {
    if (graph.attributes().flag("layout", false)) {
      throw graph.error("expected layout 0, found 1: transpose its input and outputs instead");
    }
    this.graph = graph;
    this.kind = kind;
    long[] input = graph.sizes(graph.input(0));
    this.steps = input[0];
    this.batch = input[1];
    long[] weights = graph.sizes(graph.input(2));
    this.hidden = weights[2];
    this.directions = (int) weights[0];
    this.ragged =
        graph.has(4)
            && graph.constantOf(graph.input(4)).map(lengths -> !isWhole(lengths)).orElse(true);
    if (steps < 1 || steps > MOST_STEPS) {
      throw graph.error(
          "its gradient unrolls sequences of 1 to %d steps, found %d; give a shorter input"
              .formatted(MOST_STEPS, steps));
    }
  }

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        OperatorType.of("RNN"),
        node -> new Recurrence(node, new Kind(1, RecurrentCells::simple, false)).run(),
        OperatorType.of("GRU"),
        node ->
            new Recurrence(
                    node,
                    new Kind(
                        3,
                        RecurrentCells::gated,
                        node.attributes().flag("linear_before_reset", false)))
                .run(),
        OperatorType.of("LSTM"),
        node -> new Recurrence(node, new Kind(4, RecurrentCells::memory, false)).run());
  }

  private boolean isWhole(Tensor lengths) {
    return Arrays.stream(lengths.toDoubles()).allMatch(length -> length == steps);
  }

  private List<Value> run() {
    List<Value> outputs = new ArrayList<>();
    List<Value> hiddenStates = new ArrayList<>();
    List<Value> memories = new ArrayList<>();
    boolean onlyBackwards = graph.attributes().text("direction", "forward").equals("reverse");
    for (int direction = 0; direction < directions; direction++) {
      boolean backwards = onlyBackwards || direction == 1;
      List<Value> states = new ArrayList<>();
      RecurrentCell.State last = unroll(direction, backwards, states);
      outputs.add(graph.unsqueeze(inOrder(states, backwards), 1));
      hiddenStates.add(last.hidden());
      memories.add(last.memory());
    }
    List<Value> results = new ArrayList<>();
    results.add(graph.joined(1, outputs));
    results.add(graph.joined(0, hiddenStates));
    if (kind.gates() == 4) {
      results.add(graph.joined(0, memories));
    }
    return results;
  }

  /** Goes through the steps of one direction; the states come in the order of going. */
  private RecurrentCell.State unroll(int direction, boolean backwards, List<Value> states) {
    RecurrentWeights weights = new RecurrentWeights(graph, kind.gates(), direction, hidden);
    List<Value> inputs = new ArrayList<>(projected(weights, backwards));
    if (backwards && !ragged) {
      Collections.reverse(inputs);
    }
    RecurrentCell cell = kind.cell().apply(weights);
    RecurrentCell.State state =
        new RecurrentCell.State(
            initial(5, direction), kind.gates() == 4 ? initial(6, direction) : Value.ABSENT);
    for (int step = 0; step < steps; step++) {
      RecurrentCell.State next = cell.next(inputs.get(step), state);
      if (!ragged) {
        state = next;
        states.add(next.hidden());
        continue;
      }
      Value runs = runs(step);
      Value zero = graph.scalarLike(next.hidden(), 0);
      states.add(graph.where(runs, next.hidden(), zero));
      state =
          new RecurrentCell.State(
              graph.where(runs, next.hidden(), state.hidden()),
              next.memory().isPresent()
                  ? graph.where(runs, next.memory(), state.memory())
                  : Value.ABSENT);
    }
    return state;
  }

  /** Every step's input times the input weights, with the biases: {@code [1, batch, gates * H]}. */
  private List<Value> projected(RecurrentWeights weights, boolean backwards) {
    Value input = graph.input(0);
    Value sequence = backwards && ragged ? reversed(input) : input;
    Value product = graph.matrixMultiply(sequence, weights.input());
    if (weights.hasBias()) {
      product = graph.add(product, weights.inputBias());
      Value recurrent = weights.recurrentBias();
      if (kind.separateBias()) {
        // All but the candidate's, which the reset gate scales.
        recurrent = graph.padZeros(graph.slice(recurrent, 0, 0, 2 * hidden), 0, hidden);
      }
      product = graph.add(product, recurrent);
    }
    long[] ones = new long[(int) steps];
    Arrays.fill(ones, 1);
    return graph.split(product, 0, ones);
  }

  /** The state before the first step: {@code [1, batch, hidden]}. */
  private Value initial(int input, int direction) {
    if (!graph.has(input)) {
      return graph.expand(graph.scalarLike(graph.input(0), 0), 1, batch, hidden);
    }
    Value all = graph.input(input);
    return directions == 1 ? all : graph.slice(all, 0, direction, direction + 1);
  }

  private Value inOrder(List<Value> states, boolean backwards) {
    List<Value> ordered = new ArrayList<>(states);
    if (backwards && !ragged) {
      Collections.reverse(ordered);
    }
    Value all = graph.joined(0, ordered);
    return backwards && ragged ? reversed(all) : all;
  }

  /** Each sequence's own steps in reverse order, those beyond its length where they are. */
  private Value reversed(Value sequence) {
    return graph.apply(
        "ReverseSequence",
        Attributes.of("time_axis", 0, "batch_axis", 1),
        sequence,
        graph.cast(graph.input(4), ElementType.INT64));
  }

  /** Which sequences have this step: {@code [1, batch, 1]}. */
  private Value runs(int step) {
    Value lengths = graph.cast(graph.input(4), ElementType.INT64);
    Value index = graph.constant(Tensor.scalar((long) step));
    return graph.reshape(graph.greater(lengths, index), 1, batch, 1);
  }
}
