package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * An activation within a recurrent cell, as attribute {@code activations} names it.
 *
 * @param kind its name in lower case
 * @param alpha its first parameter, where it has one
 * @param beta its second parameter, where it has one
 */
record CellActivation(String kind, double alpha, double beta) {

  /**
   * The activations of one direction.
   *
   * @param count how many a direction has
   * @param defaults their names where the node says none
   */
  static List<CellActivation> of(Composite node, int direction, int count, List<String> defaults) {
    Attributes attributes = node.attributes();
    List<String> names = attributes.texts("activations").orElse(List.of());
    if (!names.isEmpty() && names.size() < (direction + 1) * count) {
      throw node.error(
          "expected %d activations for each direction, found %s".formatted(count, names));
    }
    Deque<Float> alphas = queue(attributes.reals("activation_alpha").orElse(new float[0]));
    Deque<Float> betas = queue(attributes.reals("activation_beta").orElse(new float[0]));
    List<CellActivation> activations = new ArrayList<>();
    for (int i = 0; i < (direction + 1) * count; i++) {
      String name = names.isEmpty() ? defaults.get(i % count) : names.get(i);
      activations.add(of(node, name.toLowerCase(Locale.ROOT), alphas, betas));
    }
    return activations.subList(direction * count, (direction + 1) * count);
  }

  private static Deque<Float> queue(float[] elements) {
    Deque<Float> queue = new ArrayDeque<>();
    for (float element : elements) {
      queue.add(element);
    }
    return queue;
  }

  /** Each activation takes the parameters that it has from what the attributes still hold. */
  private static CellActivation of(
      Composite node, String kind, Deque<Float> alphas, Deque<Float> betas) {
    return switch (kind) {
      case "relu", "tanh", "sigmoid", "softsign", "softplus" -> new CellActivation(kind, 0, 0);
      case "leakyrelu" -> new CellActivation(kind, next(alphas, 0.01), 0);
      case "thresholdedrelu", "elu" -> new CellActivation(kind, next(alphas, 1), 0);
      case "hardsigmoid" -> new CellActivation(kind, next(alphas, 0.2), next(betas, 0.5));
      case "affine" -> new CellActivation(kind, next(alphas, 1), next(betas, 0));
      case "scaledtanh" -> new CellActivation(kind, next(alphas, 1), next(betas, 1));
      default ->
          throw node.error(
              "unknown activation \"%s\"; expected Relu, Tanh, Sigmoid, Affine, LeakyRelu,"
                      .formatted(kind)
                  + " ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign or Softplus");
    };
  }

  private static double next(Deque<Float> given, double otherwise) {
    return given.isEmpty() ? otherwise : given.removeFirst();
  }

  /**
   * The activation of a value, written with operators that the runtime also has for float64; unlike
   * it has Softsign, LeakyRelu, ThresholdedRelu, Elu and HardSigmoid.
   */
  Value of(Emitter graph, Value x) {
    return switch (kind) {
      case "relu" -> graph.apply("Relu", x);
      case "tanh" -> graph.apply("Tanh", x);
      case "sigmoid" -> graph.sigmoid(x);
      case "softsign" -> graph.divide(x, graph.add(graph.absolute(x), 1));
      case "softplus" -> softplus(graph, x);
      case "leakyrelu" -> graph.add(above(graph, x), graph.multiply(below(graph, x), alpha));
      case "thresholdedrelu" ->
          graph.where(graph.greater(x, graph.scalarLike(x, alpha)), x, graph.scalarLike(x, 0));
      case "elu" ->
          graph.add(
              above(graph, x),
              graph.multiply(graph.add(graph.exponential(below(graph, x)), -1), alpha));
      case "hardsigmoid" ->
          graph.apply(
              "Clip",
              graph.add(graph.multiply(x, alpha), beta),
              graph.scalarLike(x, 0),
              graph.scalarLike(x, 1));
      case "affine" -> graph.add(graph.multiply(x, alpha), beta);
      case "scaledtanh" -> graph.multiply(graph.apply("Tanh", graph.multiply(x, beta)), alpha);
      default -> throw new IllegalStateException(kind);
    };
  }

  /** {@code max(x, 0) + log(1 + exp(-|x|))}, which does not overflow. */
  private static Value softplus(Emitter graph, Value x) {
    Value small = graph.exponential(graph.negate(graph.absolute(x)));
    return graph.add(above(graph, x), graph.logarithm(graph.add(small, 1)));
  }

  private static Value above(Emitter graph, Value x) {
    return graph.apply("Relu", x);
  }

  private static Value below(Emitter graph, Value x) {
    return graph.negate(graph.apply("Relu", graph.negate(x)));
  }
}
