package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Normalizations of transformers that are a sum or a mean square and a scale. */
final class Normalizations {
  private static final double EPSILON = 1e-5; // the standard operators' default
  private static final double CONTRIBUTED_EPSILON = 1e-12; // that of ONNX Runtime's own

  private Normalizations() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        OperatorType.of("RMSNormalization"),
        Normalizations::meanSquare,
        OperatorType.of("SimplifiedLayerNormalization"),
        Normalizations::meanSquare,
        new OperatorType("com.microsoft", "SkipLayerNormalization"),
        Normalizations::skip,
        new OperatorType("com.microsoft", "SkipSimplifiedLayerNormalization"),
        Normalizations::skipSimplified,
        new OperatorType("com.microsoft", "EmbedLayerNormalization"),
        Normalizations::embedding);
  }

  /** {@code y = x / sqrt(mean(x^2) + epsilon) * scale}, and the factor as a second output. */
  private static List<Value> meanSquare(Composite node) {
    int rank = node.sizes(node.input(0)).length;
    long axis = node.attributes().integer("axis", -1);
    int first = (int) (axis < 0 ? axis + rank : axis);
    double epsilon = node.attributes().real("epsilon", EPSILON);
    Value inverse = inverse(node, node.input(0), first, epsilon);
    Value normalized = node.multiply(node.input(0), inverse);
    return List.of(node.multiply(normalized, node.input(1)), inverse);
  }

  private static Value inverse(Composite node, Value x, int first, double epsilon) {
    Value mean = node.reduceMean(node.square(x), true, node.axesFrom(x, first));
    return node.reciprocal(node.squareRoot(node.add(mean, epsilon)));
  }

  /** Inputs: x, skip, scale, bias of the norm, bias of the sum; fourth output: the sum. */
  private static List<Value> skip(Composite node) {
    Value sum = sum(node, 4);
    return List.of(normalized(node, sum, 2, 3), Value.ABSENT, Value.ABSENT, sum);
  }

  /** The same without mean: x, skip, scale, bias of the sum. */
  private static List<Value> skipSimplified(Composite node) {
    Value sum = sum(node, 3);
    double epsilon = node.attributes().real("epsilon", CONTRIBUTED_EPSILON);
    Value inverse = inverse(node, sum, node.sizes(sum).length - 1, epsilon);
    Value scaled = node.multiply(node.multiply(sum, inverse), node.input(2));
    return List.of(scaled, Value.ABSENT, Value.ABSENT, sum);
  }

  private static Value sum(Composite node, int bias) {
    Value sum = node.add(node.input(0), node.input(1));
    return node.has(bias) ? node.add(sum, node.input(bias)) : sum;
  }

  private static Value normalized(Composite node, Value x, int scale, int bias) {
    Attributes attributes =
        Attributes.of(
            "axis", -1, "epsilon", node.attributes().real("epsilon", CONTRIBUTED_EPSILON));
    return node.has(bias)
        ? node.apply("LayerNormalization", attributes, x, node.input(scale), node.input(bias))
        : node.apply("LayerNormalization", attributes, x, node.input(scale));
  }

  /** The sum of the embeddings of words, positions and segments; third output: that sum. */
  private static List<Value> embedding(Composite node) {
    Value positions = node.has(8) ? node.input(8) : counting(node);
    Value sum =
        node.add(
            node.apply("Gather", node.input(2), node.input(0)),
            node.apply("Gather", node.input(3), positions));
    if (node.has(1)) {
      sum = node.add(sum, node.apply("Gather", node.input(4), node.input(1)));
    }
    return List.of(normalized(node, sum, 5, 6), Value.ABSENT, sum);
  }

  private static Value counting(Composite node) {
    long[] indices = new long[Math.toIntExact(node.sizes(node.input(0))[1])];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i;
    }
    return node.constant(Tensor.of(indices, 1, indices.length));
  }
}
