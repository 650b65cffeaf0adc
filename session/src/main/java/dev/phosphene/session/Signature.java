package dev.phosphene.session;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Checks what is given to a session against the inputs that its graph declares. */
final class Signature {
  private final Map<String, Value> inputs;

  Signature(List<Value> inputs) {
    this.inputs = inputs.stream().collect(Collectors.toMap(Value::name, input -> input));
  }

  /**
   * Checks names, types and shapes; a symbol must stand for the same size everywhere.
   *
   * @throws PhospheneException where something is missing, too much or does not fit
   */
  void check(Map<String, Tensor> given) {
    for (String name : inputs.keySet()) {
      if (!given.containsKey(name)) {
        throw new PhospheneException(
            "Input \"%s\" is missing; it should be %s".formatted(name, expected(name)));
      }
    }
    Map<String, Long> symbols = new HashMap<>();
    given.forEach((name, tensor) -> check(name, tensor, symbols));
  }

  private void check(String name, Tensor tensor, Map<String, Long> symbols) {
    Value input = inputs.get(name);
    if (input == null) {
      throw new PhospheneException(
          "There is no input \"%s\"; the inputs are %s"
              .formatted(name, inputs.keySet().stream().sorted().toList()));
    }
    boolean typeFits = input.type() == ElementType.UNKNOWN || input.type() == tensor.type();
    if (!typeFits || !fits(input.shape(), tensor.sizes(), symbols)) {
      throw new PhospheneException(
          "Input \"%s\" should be %s, found %s".formatted(name, expected(name), tensor));
    }
  }

  private static boolean fits(Shape shape, long[] sizes, Map<String, Long> symbols) {
    if (!shape.isRankKnown()) {
      return true;
    }
    if (shape.rank() != sizes.length) {
      return false;
    }
    for (int axis = 0; axis < sizes.length; axis++) {
      Dimension dimension = shape.dimension(axis);
      String symbol = dimension.symbol();
      if (dimension.isKnown() && dimension.size() != sizes[axis]) {
        return false;
      }
      if (symbol != null) {
        Long known = symbols.putIfAbsent(symbol, sizes[axis]);
        if (known != null && known != sizes[axis]) {
          return false;
        }
      }
    }
    return true;
  }

  private String expected(String name) {
    Value input = inputs.get(name);
    return input == null ? "left out" : input.type() + input.shape().toString();
  }
}
