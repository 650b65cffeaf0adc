package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
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
        spec("LabelEncoder", 2, MachineLearning::encode),
        spec("LinearRegressor", 1, MachineLearning::regress),
        spec("LinearClassifier", 1, MachineLearning::classify),
        spec("FeatureVectorizer", 1, MachineLearning::join));
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

  private static void regress(Inference node) {
    long targets = node.attributes().integer("targets", 1);
    if (targets < 1) {
      throw node.error("targets should be at least 1, found " + targets);
    }
    Dimension rows = linear(node, targets);
    node.output(0, ElementType.FLOAT32, Shape.of(List.of(rows, Dimension.of(targets))));
  }

  /** There is an intercept a class; of two classes one may be left out. */
  private static void classify(Inference node) {
    int classes = node.attributes().reals("intercepts").map(all -> all.length).orElse(0);
    if (classes < 1) {
      throw node.error("it has no intercepts, so that the number of classes is not known");
    }
    int integers = node.attributes().integers("classlabels_ints").map(all -> all.length).orElse(0);
    int texts = node.attributes().texts("classlabels_strings").map(List::size).orElse(0);
    if (classes > 1 && Math.max(integers, texts) < classes) {
      throw node.error(
          "expected %d class labels, found %d".formatted(classes, Math.max(integers, texts)));
    }
    Dimension rows = linear(node, classes);
    long scores = classes == 1 && (texts > 0 ? texts : integers) == 2 ? 2 : classes;
    node.output(0, texts > 0 ? ElementType.STRING : ElementType.INT64, Shape.of(List.of(rows)));
    node.output(1, ElementType.FLOAT32, Shape.of(List.of(rows, Dimension.of(scores))));
  }

  /** The number of rows of the input; the runtime reads coefficients without counting them. */
  private static Dimension linear(Inference node, long targets) {
    Shape input = node.shape(0);
    int given = node.attributes().reals("coefficients").map(all -> all.length).orElse(0);
    if (!input.isRankKnown()) {
      return Dimension.unknown();
    }
    if (input.rank() < 1 || input.rank() > 2) {
      throw node.error("expected rows of features, found input " + input);
    }
    Dimension features = input.dimension(-1);
    if (features.isKnown() && Math.multiplyExact(targets, features.size()) != given) {
      throw node.error(
          "expected %d x %d coefficients, found %d".formatted(targets, features.size(), given));
    }
    return input.rank() == 1 ? Dimension.of(1) : input.dimension(0);
  }

  private static void join(Inference node) {
    long[] widths = node.attributes().integers("inputdimensions").orElse(new long[0]);
    if (widths.length != node.inputs() || Arrays.stream(widths).anyMatch(width -> width < 0)) {
      throw node.error(
          "inputdimensions should be a size for each of %d inputs, found %s"
              .formatted(node.inputs(), Axes.text(widths)));
    }
    long width = 0;
    for (long each : widths) {
      width = Math.addExact(width, each);
    }
    Shape first = node.shape(0);
    Dimension rows = Dimension.unknown();
    if (first.isRankKnown()) {
      rows = first.rank() > 1 ? first.dimension(0) : Dimension.of(1);
    }
    node.output(0, ElementType.FLOAT32, Shape.of(List.of(rows, Dimension.of(width))));
  }
}
