package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers, each time step as nodes of its own. Layers that keep their states from one
 * batch to the next ({@code stateful}) begin each with zeros, as after {@code reset_states()}.
 */
final class Recurrences {
  /** Nodes for each time step; a graph of more is too slow to be of use. */
  private static final long MOST_STEPS = 2000;

  private Recurrences() {}

  static void register(Registration table) {
    for (String kind : List.of("SimpleRNN", "LSTM", "GRU")) {
      table.layers(
          kind,
          call ->
              unrolled(
                  call,
                  GatedCells.of(kind, call, call.weights().part("cell"), "", features(call))));
    }
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      table.layers(
          "ConvLSTM%dD".formatted(axes),
          call -> unrolled(call, ConvolutionalCell.of(call, spatial)));
    }
    table
        .layers("RNN", call -> unrolled(call, StackedCells.of(call)))
        .layers("Bidirectional", Recurrences::bothWays);
  }

  private static long features(LayerCall call) {
    return call.size(call.input(3), 2);
  }

  private static List<Value> unrolled(LayerCall call, RecurrentCell cell) {
    Emitter graph = call.graph();
    boolean isTimeFirst = call.config().flag("time_major", false);
    Value sequence = call.input();
    sequence = isTimeFirst ? swapped(graph, sequence) : sequence;
    long steps = sequence.size(1);
    if (steps < 1 || steps > MOST_STEPS) {
      throw call.error(
          "it needs a fixed number of time steps, at most %d, found an input of shape %s; give the model's input a length, or export the model as ONNX"
              .formatted(MOST_STEPS, sequence.shape()));
    }
    List<Value> inputs = parts(graph, cell.prepared(sequence), steps);
    Value mask = mask(call);
    List<Value> masks = mask == null ? List.of() : parts(graph, mask, steps);
    boolean goesBackwards = call.config().flag("go_backwards", false);
    if (goesBackwards) {
      inputs = reversed(inputs);
      masks = reversed(masks);
    }
    List<Value> states = initialStates(call, cell);
    boolean zeroes = call.config().flag("zero_output_for_mask", false);
    List<Value> outputs = new ArrayList<>();
    for (int step = 0; step < inputs.size(); step++) {
      RecurrentCell.Step next = cell.step(inputs.get(step), states);
      Value output = next.output();
      if (masks.isEmpty()) {
        states = next.states();
      } else {
        Value isGiven = masks.get(step);
        Value otherwise = step == 0 || zeroes ? graph.scalarLike(output, 0) : outputs.get(step - 1);
        output = chosen(graph, isGiven, output, otherwise);
        List<Value> kept = new ArrayList<>();
        for (int state = 0; state < states.size(); state++) {
          kept.add(chosen(graph, isGiven, next.states().get(state), states.get(state)));
        }
        states = kept;
      }
      outputs.add(output);
    }
    List<Value> results = new ArrayList<>();
    if (call.config().flag("return_sequences", false)) {
      Value all = joined(graph, outputs);
      results.add(isTimeFirst ? swapped(graph, all) : all);
    } else {
      results.add(outputs.get(outputs.size() - 1));
    }
    if (call.config().flag("return_state", false)) {
      results.addAll(states);
    }
    return distinct(graph, results);
  }

  /** The output and the first state may be one value, but have two names. */
  private static List<Value> distinct(Emitter graph, List<Value> values) {
    List<Value> distinct = new ArrayList<>();
    for (Value value : values) {
      distinct.add(distinct.contains(value) ? graph.apply("Identity", value) : value);
    }
    return distinct;
  }

  private static Value swapped(Emitter graph, Value sequence) {
    int[] order = new int[sequence.rank()];
    Arrays.setAll(order, axis -> axis);
    order[0] = 1;
    order[1] = 0;
    return graph.transpose(sequence, order);
  }

  private static <T> List<T> reversed(List<T> items) {
    List<T> reversed = new ArrayList<>(items);
    Collections.reverse(reversed);
    return reversed;
  }

  /** What lies at each time step. */
  private static List<Value> parts(Emitter graph, Value sequence, long steps) {
    int count = Math.toIntExact(steps);
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    List<Value> split =
        graph.apply(
            OperatorType.of("Split"),
            count,
            Attributes.of("axis", 1),
            List.of(sequence, graph.integers(ones)));
    return split.stream().map(part -> graph.squeeze(part, 1)).toList();
  }

  private static Value joined(Emitter graph, List<Value> outputs) {
    List<Value> steps = outputs.stream().map(output -> graph.unsqueeze(output, 1)).toList();
    return graph.concatenate(1, steps);
  }

  /** Where time steps count: {@code [N, T]}; null where all do. */
  private static @Nullable Value mask(LayerCall call) {
    return call.named().get("mask") instanceof Argument.Given<Value> given
        ? call.graph().cast(given.tensor(), ElementType.BOOL)
        : null;
  }

  private static Value chosen(Emitter graph, Value isGiven, Value then, Value otherwise) {
    long[] sizes = new long[then.rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = -1;
    return graph.where(graph.reshape(isGiven, sizes), then, otherwise);
  }

  /** Those that the layer is called with, by keyword or after its input; else zeros. */
  private static List<Value> initialStates(LayerCall call, RecurrentCell cell) {
    List<Value> zeros = cell.initialStates();
    List<Value> given = givenStates(call);
    if (given.isEmpty()) {
      return zeros;
    }
    if (given.size() != zeros.size()) {
      throw call.error(
          "it is called with %d initial states, expected %d".formatted(given.size(), zeros.size()));
    }
    return given;
  }

  private static List<Value> givenStates(LayerCall call) {
    Argument<Value> named = call.named().get("initial_state");
    List<Value> inputs = call.inputs();
    return named == null ? inputs.subList(1, inputs.size()) : named.tensors();
  }

  /** One layer forwards, one backwards, and what the merge mode makes of both. */
  private static List<Value> bothWays(LayerCall call) {
    Emitter graph = call.graph();
    JsonNode forward = call.config().node("layer");
    JsonNode backward = call.config().node("backward_layer");
    if (backward.isMissingNode()) {
      backward = forward.deepCopy();
      boolean isReverse = forward.path("config").path("go_backwards").asBoolean(false);
      if (backward.path("config") instanceof ObjectNode config) {
        config.put("go_backwards", !isReverse);
      }
    }
    List<Value> states = givenStates(call);
    int half = states.size() / 2;
    List<Value> ahead = called(call, forward, "forward_layer", states.subList(0, half));
    List<Value> back = called(call, backward, "backward_layer", states.subList(half, 2 * half));
    Value y = ahead.get(0);
    Value reverse = back.get(0);
    if (forward.path("config").path("return_sequences").asBoolean(false)) {
      reverse = graph.reverse(reverse, 1);
    }
    List<Value> results = new ArrayList<>();
    if (call.config().json().has("merge_mode") && !call.config().has("merge_mode")) {
      results.addAll(List.of(y, reverse));
    } else {
      String mode = call.config().text("merge_mode", "concat");
      results.add(
          switch (mode) {
            case "concat" -> graph.concatenate(y.rank() - 1, List.of(y, reverse));
            case "sum" -> graph.add(y, reverse);
            case "ave" -> graph.multiply(graph.add(y, reverse), 0.5);
            case "mul" -> graph.multiply(y, reverse);
            default -> throw call.config().unexpected("merge_mode", "concat, sum, ave or mul");
          });
    }
    results.addAll(ahead.subList(1, ahead.size()));
    results.addAll(back.subList(1, back.size()));
    return distinct(graph, results);
  }

  private static List<Value> called(
      LayerCall call, JsonNode layer, String attribute, List<Value> states) {
    List<Value> inputs = new ArrayList<>(List.of(call.input()));
    inputs.addAll(states);
    // Keras gives zeros where a mask leaves no output, rather than the output before.
    boolean isSequence = layer.path("config").path("return_sequences").asBoolean(false);
    if (layer.path("config") instanceof ObjectNode config && isSequence) {
      config.put("zero_output_for_mask", true);
    }
    return call.inner().call(call, layer, attribute, inputs);
  }
}
