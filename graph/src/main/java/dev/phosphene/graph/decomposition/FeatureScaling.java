package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Scaling of features in the domain {@code ai.onnx.ml}, and the choice of some of them. */
final class FeatureScaling {
  private static final String DOMAIN = "ai.onnx.ml";

  private FeatureScaling() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        new OperatorType(DOMAIN, "Scaler"), FeatureScaling::scale,
        new OperatorType(DOMAIN, "Normalizer"), FeatureScaling::normalize,
        new OperatorType(DOMAIN, "ArrayFeatureExtractor"), FeatureScaling::extract);
  }

  /** {@code (x - offset) * scale}, with one number or one for each feature on the last axis. */
  private static List<Value> scale(Composite node) {
    Value x = node.cast(node.input(0), ElementType.FLOAT32);
    Value centred = node.subtract(x, numbers(node, "offset"));
    return List.of(node.multiply(centred, numbers(node, "scale")));
  }

  private static Value numbers(Composite node, String attribute) {
    float[] given =
        node.attributes()
            .reals(attribute)
            .orElseThrow(() -> node.error("it has no attribute " + attribute));
    Value input = node.input(0);
    boolean fits =
        given.length == 1 || (input.rank() > 0 && input.size(input.rank() - 1) == given.length);
    if (!fits) {
      throw node.error(
          "%s should have 1 element or one for each feature of %s, found %d"
              .formatted(attribute, input.shape(), given.length));
    }
    return node.constant(Tensor.of(given, given.length));
  }

  /** Each row divided by its norm, where that is not zero. */
  private static List<Value> normalize(Composite node) {
    Value x = node.cast(node.input(0), ElementType.FLOAT32);
    Tensor last = Tensor.vector(x.rank() - 1);
    String norm = node.attributes().text("norm", "MAX");
    String reduction =
        switch (norm) {
          case "MAX" -> "ReduceMax";
          case "L1" -> "ReduceL1";
          case "L2" -> "ReduceL2";
          default -> throw node.error("norm should be MAX, L1 or L2, found \"" + norm + '"');
        };
    Value size = node.apply(reduction, Attributes.none(), x, node.constant(last));
    Value isZero = node.equal(size, node.scalarLike(size, 0));
    return List.of(node.divide(x, node.where(isZero, node.scalarLike(size, 1), size)));
  }

  private static List<Value> extract(Composite node) {
    Value columns = node.reshape(node.cast(node.input(1), ElementType.INT64), -1);
    Value from = node.input(0).rank() == 1 ? node.unsqueeze(node.input(0), 0) : node.input(0);
    return List.of(node.apply("Gather", Attributes.of("axis", -1), from, columns));
  }
}
