package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.ArrayList;
import java.util.List;

/** Functions of {@code keras.ops} that functional models call between layers. */
final class Operations {
  private Operations() {}

  static void register(Registration table) {
    table
        .operation("Add", call -> binary(call, "Add"))
        .operation("Subtract", call -> binary(call, "Sub"))
        .operation("Multiply", call -> binary(call, "Mul"))
        .operation("Divide", call -> binary(call, "Div"))
        .operation("TrueDivide", call -> binary(call, "Div"))
        .operation("Maximum", call -> binary(call, "Max"))
        .operation("Minimum", call -> binary(call, "Min"));
  }

  /** Of two tensors, or of a tensor and a number, in either order. */
  private static Value binary(LayerCall call, String operator) {
    List<Argument<Value>> given = new ArrayList<>(call.positional());
    for (String name : List.of("x1", "x2")) {
      if (call.named().containsKey(name)) {
        given.add(call.named().get(name));
      }
    }
    if (given.size() != 2) {
      throw call.error("it is called with %d operands, expected 2".formatted(given.size()));
    }
    Value like =
        given.stream()
            .flatMap(operand -> operand.tensors().stream())
            .findFirst()
            .orElseThrow(() -> call.error("it is called without a tensor"));
    return call.graph()
        .apply(operator, operand(call, given.get(0), like), operand(call, given.get(1), like));
  }

  private static Value operand(LayerCall call, Argument<Value> given, Value like) {
    if (given instanceof Argument.Given<Value> tensor) {
      return tensor.tensor();
    } else if (given instanceof Argument.Plain<Value> plain && plain.value().isNumber()) {
      return call.graph().scalarLike(like, plain.value().doubleValue());
    }
    throw call.error("an operand is neither a tensor nor a number");
  }
}
