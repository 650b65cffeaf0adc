package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Operators of the domain {@code ai.onnx.ml} that converters of scikit-learn put before and behind
 * a neural network.
 */
final class MachineLearning {
  private static final String DOMAIN = "ai.onnx.ml";
  private static final ShapeInference SAME = node -> node.output(0, node.type(0), node.shape(0));
  private static final ShapeInference REAL =
      node -> node.output(0, ElementType.FLOAT32, node.shape(0));

  private MachineLearning() {}

  static List<OperatorSpec> specs() {
    return List.of(
        spec("Scaler", 1, REAL),
        spec("Normalizer", 1, REAL),
        spec("Binarizer", 1, SAME),
        spec("ArrayFeatureExtractor", 1, MachineLearning::extract),
        spec("LabelEncoder", 2, MachineLearning::encode));
  }

  private static OperatorSpec spec(String name, int since, ShapeInference inference) {
    return new OperatorSpec(new OperatorType(DOMAIN, name), since, inference, null);
  }

  /** Columns of {@code [..., C]} by their numbers {@code [1, K]}: {@code [..., K]}. */
  private static void extract(Inference node) {
    Shape from = node.shape(0);
    Shape columns = node.shape(1);
    Shape shape = Shape.unknown();
    if (from.isRankKnown() && columns.isRankKnown() && from.rank() > 0) {
      List<Dimension> sizes = new ArrayList<>(from.dimensions());
      if (sizes.size() == 1) {
        sizes.add(0, Dimension.of(1)); // the runtime gives a vector's elements as one row
      }
      Dimension count = columns.isStatic() ? Dimension.of(columns.elements()) : Dimension.unknown();
      sizes.set(sizes.size() - 1, count);
      shape = Shape.of(sizes);
    }
    node.output(0, node.type(0), shape);
  }

  private static void encode(Inference node) {
    ElementType type = ElementType.UNKNOWN;
    if (node.attributes().has("values_strings")) {
      type = ElementType.STRING;
    } else if (node.attributes().has("values_int64s")) {
      type = ElementType.INT64;
    } else if (node.attributes().has("values_floats")) {
      type = ElementType.FLOAT32;
    }
    node.output(0, type, node.shape(0));
  }
}
