package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.loop.ScanBuilder;
import dev.phosphene.graph.loop.ScanForm.Slices;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers: time steps as nodes of their own where they are few, else as a loop. Layers
 * that keep their states from one batch to the next ({@code stateful}) begin each with zeros, as
 * after {@code reset_states()}.
 */
final class Recurrences {
  /** Up to this many time steps have nodes of their own, which run as fast as a loop. */
  private static final long MOST_UNROLLED = 16;

  private static final long MOST_STEPS = 65_536;

  private Recurrences() {}

  static void register(Registration table) {
    for (String kind : List.of("SimpleRNN", "LSTM", "GRU")) {
      table.layers(
          kind,
          call ->
              steps(
                  call,
                  GatedCells.of(kind, call, call.weights().part("cell"), "", features(call))));
    }
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      table.layers(
          "ConvLSTM%dD".formatted(axes), call -> steps(call, ConvolutionalCell.of(call, spatial)));
    }
    table
        .layers("RNN", call -> steps(call, StackedCells.of(call)))
        .layers("Bidirectional", Recurrences::bothWays);
  }

  private static long features(LayerCall call) {
    return call.size(call.input(3), 2);
  }

  /**
   * What the time steps give.
   *
   * @param outputs of all time steps in the order of going, {@code [N, T, ...]}
   * @param last output
   */
  private record Steps(Value outputs, Value last, List<Value> states) {}

  private static List<Value> steps(LayerCall call, RecurrentCell cell) {
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
    Steps all =
        steps > MOST_UNROLLED ? looped(call, cell, sequence) : unrolled(call, cell, sequence);
    List<Value> results = new ArrayList<>();
    if (call.config().flag("return_sequences", false)) {
      results.add(isTimeFirst ? swapped(graph, all.outputs()) : all.outputs());
    } else {
      results.add(all.last());
    }
    if (call.config().flag("return_state", false)) {
      results.addAll(all.states());
    }
    return distinct(graph, results);
  }

  private static Steps unrolled(LayerCall call, RecurrentCell cell, Value sequence) {
    Emitter graph = call.graph();
    long steps = sequence.size(1);
    List<Value> inputs = parts(graph, cell.prepared(sequence), steps);
    Value mask = mask(call);
    List<Value> masks = mask == null ? List.of() : parts(graph, mask, steps);
    if (call.config().flag("go_backwards", false)) {
      inputs = reversed(inputs);
      masks = reversed(masks);
    }
    List<Value> states = initialStates(call, cell);
    List<Value> outputs = new ArrayList<>();
    for (int step = 0; step < inputs.size(); step++) {
      RecurrentCell.Step next = cell.step(inputs.get(step), states);
      if (!masks.isEmpty()) {
        Value zero = graph.scalarLike(next.output(), 0);
        Value before = step == 0 || zeroes(call) ? zero : outputs.get(step - 1);
        next = kept(graph, masks.get(step), next, before, states);
      }
      states = next.states();
      outputs.add(next.output());
    }
    return new Steps(joined(graph, outputs), outputs.get(outputs.size() - 1), states);
  }

  private static Steps looped(LayerCall call, RecurrentCell cell, Value sequence) {
    Emitter graph = call.graph();
    long steps = sequence.size(1);
    ScanBuilder scan = new ScanBuilder(graph, steps);
    Emitter body = scan.body();
    Slices slices = new Slices(0, call.config().flag("go_backwards", false));
    Value input = scan.slice(swapped(graph, cell.prepared(sequence)), slices);
    List<Value> states = new ArrayList<>();
    for (Value initial : initialStates(call, cell)) {
      states.add(scan.state(forAllExamples(graph, initial, sequence)));
    }
    RecurrentCell.Step next = cell.within(body).step(input, states);
    Value mask = mask(call);
    if (mask != null) {
      Value isGiven = scan.slice(swapped(graph, mask), slices);
      Value zero = graph.constant(zeros(next.output()));
      if (zeroes(call)) {
        next = kept(body, isGiven, next, zero, states);
      } else {
        Value before = scan.state(forAllExamples(graph, zero, sequence));
        next = kept(body, isGiven, next, before, states);
        scan.next(before, next.output());
      }
    }
    for (int state = 0; state < states.size(); state++) {
      scan.next(states.get(state), next.states().get(state));
    }
    scan.stack(next.output(), Slices.FORWARDS);
    List<Value> results = scan.finish();
    Value outputs = results.get(results.size() - 1);
    Value last = graph.squeeze(graph.slice(outputs, 0, steps - 1, steps), 0);
    return new Steps(swapped(graph, outputs), last, results.subList(0, states.size()));
  }

  /** Zeros for one example of such values. */
  private static Tensor zeros(Value like) {
    long[] sizes = like.shape().sizes();
    sizes[0] = 1;
    return Tensor.of(new float[Math.toIntExact(Shape.elements(sizes))], sizes);
  }

  /** A state of one example for as many as a sequence has: a loop's states keep their shape. */
  private static Value forAllExamples(Emitter graph, Value state, Value sequence) {
    if (state.size(0) != 1) {
      return state;
    }
    long[] rest = Arrays.copyOfRange(state.shape().sizes(), 1, state.rank());
    Value examples = graph.apply("Shape", Attributes.of("start", 0, "end", 1), sequence);
    return graph.apply(
        "Expand", state, graph.concatenate(0, List.of(examples, graph.integers(rest))));
  }

  private static boolean zeroes(LayerCall call) {
    return call.config().flag("zero_output_for_mask", false);
  }

  /** What a step gives where its input counts, and else what was before. */
  private static RecurrentCell.Step kept(
      Emitter graph, Value isGiven, RecurrentCell.Step next, Value output, List<Value> states) {
    List<Value> kept = new ArrayList<>();
    for (int state = 0; state < states.size(); state++) {
      kept.add(chosen(graph, isGiven, next.states().get(state), states.get(state)));
    }
    return new RecurrentCell.Step(chosen(graph, isGiven, next.output(), output), kept);
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
