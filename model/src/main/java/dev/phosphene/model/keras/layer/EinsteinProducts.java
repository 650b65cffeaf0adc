package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.Tensor;

/** Layers that are sums of products in Einstein's notation. */
final class EinsteinProducts {
  /** The norm that {@code Dot} divides by where that of an input is smaller: sqrt(1e-12). */
  private static final double SMALLEST_NORM = 1e-6;

  private EinsteinProducts() {}

  static void register(Registration table) {
    table.layer("EinsumDense", EinsteinProducts::dense).layer("Dot", EinsteinProducts::dot);
  }

  static Value einsum(Emitter graph, String equation, Value... operands) {
    return graph.apply("Einsum", Attributes.of("equation", equation), operands);
  }

  private static Value dense(LayerCall call) {
    String equation = call.config().text("equation", "").replace(" ", "");
    String biasAxes = call.config().text("bias_axes", "");
    Value product = projected(call, call.weights(), "", equation, call.input(), biasAxes);
    return Activations.apply(call, "activation", product);
  }

  /**
   * {@code einsum(equation, x, kernel) + bias}, the bias along some of the output's axes.
   *
   * @param weights that the kernel and bias are the next of
   * @param prefix of the names of constants
   * @param biasAxes labels of the bias' axes; empty for no bias
   */
  static Value projected(
      LayerCall call,
      LayerWeights weights,
      String prefix,
      String equation,
      Value x,
      String biasAxes) {
    Tensor kernel = weights.next(prefix + "kernel");
    int arrow = equation.indexOf("->");
    int comma = equation.indexOf(',');
    if (comma < 0
        || arrow < comma
        || !matches(equation.substring(0, comma), x.rank())
        || arrow - comma - 1 != kernel.rank()) {
      throw call.error(
          "equation \"%s\" does not fit an input of %d axes and a kernel of shape %s"
              .formatted(equation, x.rank(), kernel.shape()));
    }
    Value product = einsum(call.graph(), equation, x, call.constant(prefix + "kernel", kernel));
    if (biasAxes.isEmpty()) {
      return product;
    }
    return call.graph().add(product, call.constant(prefix + "bias", weights.next(prefix + "bias")));
  }

  private static boolean matches(String term, int rank) {
    return term.contains("...") ? term.length() - 3 <= rank : term.length() == rank;
  }

  /** Products along one axis of each input, the batch apart. */
  private static Value dot(LayerCall call) {
    Emitter graph = call.graph();
    if (call.inputs().size() != 2) {
      throw call.error("it is called with %d tensors, expected 2".formatted(call.inputs().size()));
    }
    Value a = call.input();
    Value b = call.inputs().get(1);
    if (!b.shape().isRankKnown()) {
      throw call.error("the rank of its second input cannot be found");
    }
    long[] axes = call.config().integers("axes", 2, -1);
    int alongA = call.axis(axes[0], a);
    int alongB = call.axis(axes[1], b);
    if (alongA == 0 || alongB == 0) {
      throw call.config().unexpected("axes", "axes other than the batch");
    }
    if (call.config().flag("normalize", false)) {
      a = Normalizations.unit(graph, a, SMALLEST_NORM, alongA);
      b = Normalizations.unit(graph, b, SMALLEST_NORM, alongB);
    }
    StringBuilder first = new StringBuilder("a");
    StringBuilder second = new StringBuilder("a");
    StringBuilder result = new StringBuilder("a");
    char label = 'b';
    for (int axis = 1; axis < a.rank(); axis++, label++) {
      first.append(axis == alongA ? 'z' : label);
      result.append(axis == alongA ? "" : label);
    }
    for (int axis = 1; axis < b.rank(); axis++, label++) {
      second.append(axis == alongB ? 'z' : label);
      result.append(axis == alongB ? "" : label);
    }
    Value product = einsum(graph, first + "," + second + "->" + result, a, b);
    return product.rank() == 1 ? graph.unsqueeze(product, 1) : product;
  }
}
