package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What ONNX Runtime's optimizer makes of a product and its neighbours. */
final class FusedOperators {
  private FusedOperators() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        type("FusedConv"), FusedOperators::convolution,
        type("FusedGemm"), FusedOperators::general,
        type("FusedMatMul"), FusedOperators::matrices,
        type("TransposeMatMul"), FusedOperators::matrices);
  }

  private static OperatorType type(String name) {
    return new OperatorType("com.microsoft", name);
  }

  /** {@code activation(conv(x, w) + b + z)}. */
  private static List<Value> convolution(Composite node) {
    Attributes attributes = node.attributes().without("activation", "activation_params");
    Value product =
        node.has(2)
            ? node.apply("Conv", attributes, node.input(0), node.input(1), node.input(2))
            : node.apply("Conv", attributes, node.input(0), node.input(1));
    Value sum = node.has(3) ? node.add(product, node.input(3)) : product;
    float[] parameters = node.attributes().reals("activation_params").orElse(new float[0]);
    return List.of(activated(node, sum, parameters));
  }

  private static List<Value> general(Composite node) {
    Attributes attributes =
        node.attributes()
            .without("activation", "activation_alpha", "activation_beta", "activation_gamma");
    Value product =
        node.has(2)
            ? node.apply("Gemm", attributes, node.input(0), node.input(1), node.input(2))
            : node.apply("Gemm", attributes, node.input(0), node.input(1));
    List<Float> parameters = new ArrayList<>();
    for (String name : List.of("activation_alpha", "activation_beta")) {
      if (node.attributes().has(name)) {
        parameters.add(node.attributes().real(name, 0));
      }
    }
    float[] given = new float[parameters.size()];
    for (int i = 0; i < given.length; i++) {
      given[i] = parameters.get(i);
    }
    return List.of(activated(node, product, given));
  }

  private static Value activated(Composite node, Value x, float[] parameters) {
    String activation = node.attributes().text("activation", "");
    return switch (activation) {
      case "" -> x;
      case "Relu", "Tanh", "Sigmoid", "Softplus", "Softsign" -> node.apply(activation, x);
      case "Clip" ->
          node.apply(
              "Clip", x, node.scalarLike(x, parameters[0]), node.scalarLike(x, parameters[1]));
      case "LeakyRelu", "Elu", "ThresholdedRelu" ->
          parameters.length == 0
              ? node.apply(activation, x)
              : node.apply(activation, Attributes.of("alpha", parameters[0]), x);
      case "HardSigmoid" ->
          parameters.length < 2
              ? node.apply(activation, x)
              : node.apply(
                  activation, Attributes.of("alpha", parameters[0], "beta", parameters[1]), x);
      default -> throw node.error("unknown activation \"" + activation + '"');
    };
  }

  /**
   * {@code alpha A B}, each transposed in its last two axes where {@code transA} says so; {@code
   * transBatchA} moves the first axis behind all others but the last.
   */
  private static List<Value> matrices(Composite node) {
    Value a = arranged(node, 0, "transBatchA", "transA");
    Value b = arranged(node, 1, "transBatchB", "transB");
    Value product = node.matrixMultiply(a, b);
    double alpha = node.attributes().real("alpha", 1);
    return List.of(alpha == 1 ? product : node.multiply(product, alpha));
  }

  private static Value arranged(Composite node, int input, String batch, String last) {
    Value value = node.input(input);
    int rank = node.sizes(value).length;
    if (node.attributes().flag(batch, false) && rank > 2) {
      int[] order = new int[rank];
      for (int axis = 0; axis < rank - 2; axis++) {
        order[axis] = axis + 1;
      }
      order[rank - 2] = 0;
      order[rank - 1] = rank - 1;
      value = node.transpose(value, order);
    }
    return node.attributes().flag(last, false) && rank > 1 ? node.exchangeLast(value) : value;
  }
}
