package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.ScanBuilder;
import dev.phosphene.graph.loop.ScanForm.Slices;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * RNN, GRU and LSTM as their time steps: one after the other where they are few, else as a Scan.
 *
 * <p>Beyond a sequence's own length its outputs are zero and its state stays as it is; the second
 * direction starts at each sequence's own end.
 */
final class Recurrence {
  /**
   * Up to this many steps have nodes of their own. An LSTM of two directions and 128 units with its
   * gradient, unrolled and as a Scan: 16 steps in 1.3 and 1.9 ms, 32 in 5.5 and 2.6 ms; and the
   * runtime prepares the 2500 nodes of 32 steps in 0.7 s, the Scan in 0.1 s.
   */
  private static final long MOST_UNROLLED = 16;

  /**
   * A gradient keeps some twenty values for each step, gate and unit: with 1024 units, this many
   * steps need 5 GB.
   */
  private static final long MOST_STEPS = 65_536;

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
          "its gradient goes through sequences of 1 to %d steps, found %d; give a shorter input"
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
      Steps run = steps > MOST_UNROLLED ? loop(direction, backwards) : unroll(direction, backwards);
      Value states = backwards && ragged ? reversed(run.states()) : run.states();
      outputs.add(graph.unsqueeze(states, 1));
      hiddenStates.add(run.last().hidden());
      memories.add(run.last().memory());
    }
    List<Value> results = new ArrayList<>();
    results.add(graph.joined(1, outputs));
    results.add(graph.joined(0, hiddenStates));
    if (kind.gates() == 4) {
      results.add(graph.joined(0, memories));
    }
    return results;
  }

  /**
   * What the steps of one direction give.
   *
   * @param states {@code [steps, batch, hidden]}, in the order of the input; of ragged sequences
   *     that are gone through backwards, in the order of going
   */
  private record Steps(Value states, RecurrentCell.State last) {}

  private Steps unroll(int direction, boolean backwards) {
    RecurrentWeights weights = new RecurrentWeights(graph, kind.gates(), direction, hidden);
    long[] ones = new long[(int) steps];
    Arrays.fill(ones, 1);
    List<Value> inputs =
        new ArrayList<>(graph.split(projected(weights, sequence(backwards)), 0, ones));
    boolean turned = backwards && !ragged;
    if (turned) {
      Collections.reverse(inputs);
    }
    RecurrentCell cell = kind.cell().apply(weights);
    RecurrentCell.State state = initial(direction);
    List<Value> states = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      RecurrentCell.State next = cell.next(inputs.get(step), state);
      if (ragged) {
        Value runs = graph.reshape(runs(graph.constant(Tensor.scalar((long) step))), 1, batch, 1);
        states.add(graph.where(runs, next.hidden(), graph.scalarLike(next.hidden(), 0)));
        state = keeping(graph, runs, next, state);
      } else {
        states.add(next.hidden());
        state = next;
      }
    }
    if (turned) {
      Collections.reverse(states);
    }
    return new Steps(graph.joined(0, states), state);
  }

  private Steps loop(int direction, boolean backwards) {
    ScanBuilder scan = new ScanBuilder(graph, steps);
    Slices slices = new Slices(0, backwards && !ragged);
    Composite body = graph.within(scan.body());
    RecurrentWeights weights = new RecurrentWeights(body, kind.gates(), direction, hidden);
    RecurrentCell.State start = initial(direction);
    RecurrentCell.State state =
        new RecurrentCell.State(
            scan.state(start.hidden()),
            start.memory().isPresent() ? scan.state(start.memory()) : Value.ABSENT);
    Value input = body.unsqueeze(scan.slice(sequence(backwards), slices), 0);
    RecurrentCell.State next = kind.cell().apply(weights).next(projected(weights, input), state);
    Value shown = next.hidden();
    if (ragged) {
      long[] indices = LongStream.range(0, steps).toArray();
      Value all = runs(graph.reshape(graph.integers(indices), steps, 1));
      Value runs = scan.slice(graph.reshape(all, steps, 1, batch, 1), slices);
      shown = body.where(runs, next.hidden(), body.scalarLike(next.hidden(), 0));
      next = keeping(body, runs, next, state);
    }
    scan.next(state.hidden(), next.hidden());
    if (state.memory().isPresent()) {
      scan.next(state.memory(), next.memory());
    }
    scan.stack(body.squeeze(shown, 0), slices);
    List<Value> results = scan.finish();
    return new Steps(
        results.get(results.size() - 1),
        new RecurrentCell.State(
            results.get(0), state.memory().isPresent() ? results.get(1) : Value.ABSENT));
  }

  /** The next state where a sequence goes on, else the one before. */
  private static RecurrentCell.State keeping(
      Composite graph, Value runs, RecurrentCell.State next, RecurrentCell.State before) {
    return new RecurrentCell.State(
        graph.where(runs, next.hidden(), before.hidden()),
        next.memory().isPresent()
            ? graph.where(runs, next.memory(), before.memory())
            : Value.ABSENT);
  }

  private Value sequence(boolean backwards) {
    return backwards && ragged ? reversed(graph.input(0)) : graph.input(0);
  }

  /** Steps of the input times the input weights, with the biases: {@code [.., gates * hidden]}. */
  private Value projected(RecurrentWeights weights, Value input) {
    Composite target = weights.graph();
    Value product = target.matrixMultiply(input, weights.input());
    if (weights.hasBias()) {
      product = target.add(product, weights.inputBias());
      Value recurrent = weights.recurrentBias();
      if (kind.separateBias()) {
        // All but the candidate's, which the reset gate scales.
        recurrent = target.padZeros(target.slice(recurrent, 0, 0, 2 * hidden), 0, hidden);
      }
      product = target.add(product, recurrent);
    }
    return product;
  }

  /** The state before the first step: {@code [1, batch, hidden]}. */
  private RecurrentCell.State initial(int direction) {
    return new RecurrentCell.State(
        initial(5, direction), kind.gates() == 4 ? initial(6, direction) : Value.ABSENT);
  }

  private Value initial(int input, int direction) {
    if (!graph.has(input)) {
      return graph.expand(graph.scalarLike(graph.input(0), 0), 1, batch, hidden);
    }
    Value all = graph.input(input);
    return directions == 1 ? all : graph.slice(all, 0, direction, direction + 1);
  }

  /** Each sequence's own steps in reverse order, those beyond its length where they are. */
  private Value reversed(Value sequence) {
    return graph.apply(
        "ReverseSequence",
        Attributes.of("time_axis", 0, "batch_axis", 1),
        sequence,
        graph.cast(graph.input(4), ElementType.INT64));
  }

  /** Which sequences have a step of this index: {@code [batch]}, before it the index's axes. */
  private Value runs(Value index) {
    return graph.greater(graph.cast(graph.input(4), ElementType.INT64), index);
  }
}
