package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Layers that make one tensor of several. */
final class Mergings {
  private Mergings() {}

  static void register(Registration table) {
    table
        .layer("Add", call -> folded(call, "Add"))
        .layer("Subtract", call -> folded(call, "Sub"))
        .layer("Multiply", call -> folded(call, "Mul"))
        .layer("Maximum", call -> folded(call, "Max"))
        .layer("Minimum", call -> folded(call, "Min"))
        .layer("Average", Mergings::average)
        .layer("Concatenate", Mergings::concatenate);
  }

  private static Value folded(LayerCall call, String operator) {
    List<Value> inputs = aligned(call);
    Value result = inputs.get(0);
    for (Value next : inputs.subList(1, inputs.size())) {
      result = call.graph().apply(operator, result, next);
    }
    return result;
  }

  private static Value average(LayerCall call) {
    return call.graph().multiply(folded(call, "Add"), 1.0 / call.inputs().size());
  }

  /** Inputs of lower rank get axes of size 1 after the batch, as Keras aligns them. */
  private static List<Value> aligned(LayerCall call) {
    Emitter graph = call.graph();
    call.input();
    int rank =
        call.inputs().stream()
            .mapToInt(input -> input.shape().isRankKnown() ? input.rank() : 0)
            .max()
            .orElse(0);
    List<Value> aligned = new ArrayList<>();
    for (Value input : call.inputs()) {
      int missing = input.shape().isRankKnown() ? rank - input.rank() : 0;
      aligned.add(
          missing == 0
              ? input
              : graph.unsqueeze(input, LongStream.rangeClosed(1, missing).toArray()));
    }
    return aligned;
  }

  private static Value concatenate(LayerCall call) {
    int axis = call.axis(call.config().integer("axis", -1), call.input());
    return call.graph().concatenate(axis, call.inputs());
  }
}
