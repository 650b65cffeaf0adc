package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Linear models of the domain {@code ai.onnx.ml}, and the row of features that they read. */
final class LinearModels {
  private static final String DOMAIN = "ai.onnx.ml";

  /** Scores nearer to zero than this stay zero under SOFTMAX_ZERO. */
  private static final double NEXT_TO_ZERO = 1e-7;

  /** Winitzki's constant in the approximation of the inverse of erf that the runtime takes. */
  private static final double WINITZKI = 0.147;

  private LinearModels() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        new OperatorType(DOMAIN, "LinearRegressor"), LinearModels::regress,
        new OperatorType(DOMAIN, "LinearClassifier"), LinearModels::classify,
        new OperatorType(DOMAIN, "FeatureVectorizer"), LinearModels::join);
  }

  private static List<Value> regress(Composite node) {
    long targets = node.attributes().integer("targets", 1);
    float[] intercepts = node.attributes().reals("intercepts").orElse(new float[0]);
    Value scores = product(node, targets);
    if (intercepts.length == targets) {
      scores = node.add(scores, node.constant(Tensor.of(intercepts, targets)));
    }
    return List.of(transformed(node, scores, targets));
  }

  /** The label has no gradient; the second output are the scores of all classes. */
  private static List<Value> classify(Composite node) {
    float[] intercepts = node.attributes().reals("intercepts").orElse(new float[0]);
    long classes = intercepts.length;
    Value scores = node.add(product(node, classes), node.constant(Tensor.of(intercepts, classes)));
    int labels =
        node.attributes().integers("classlabels_ints").map(all -> all.length).orElse(0)
            + node.attributes().texts("classlabels_strings").map(List::size).orElse(0);
    if (classes > 1 || labels != 2) {
      return List.of(Value.ABSENT, transformed(node, scores, classes));
    }
    boolean logistic = node.attributes().text("post_transform", "NONE").equals("LOGISTIC");
    Value second = logistic ? node.sigmoid(scores) : transformed(node, scores, classes);
    return List.of(Value.ABSENT, node.concatenate(1, List.of(node.subtract(1, second), second)));
  }

  /** {@code X C^T}, with coefficients {@code [targets, features]}; a vector is one row. */
  private static Value product(Composite node, long targets) {
    Value x = node.cast(node.input(0), ElementType.FLOAT32);
    if (x.rank() == 1) {
      x = node.unsqueeze(x, 0);
    }
    float[] coefficients = node.attributes().reals("coefficients").orElse(new float[0]);
    long features = node.sizes(x)[1];
    Tensor rows = Tensor.of(coefficients, targets, features);
    return node.multiplyTransposed(x, node.constant(rows));
  }

  private static Value transformed(Composite node, Value scores, long targets) {
    String transform = node.attributes().text("post_transform", "NONE");
    return switch (transform) {
      case "NONE" -> scores;
      case "LOGISTIC" -> targets == 1 ? scores : node.sigmoid(scores);
      case "SOFTMAX" ->
          targets == 1 ? scores : node.apply("Softmax", Attributes.of("axis", -1), scores);
      case "SOFTMAX_ZERO" -> targets == 1 ? scores : softmaxOfNonzero(node, scores);
      case "PROBIT" -> probit(node, scores);
      default ->
          throw node.error(
              "post_transform should be NONE, LOGISTIC, SOFTMAX, SOFTMAX_ZERO or PROBIT, found \""
                  + transform
                  + '"');
    };
  }

  /** Scores of zero stay so, and do not count. */
  private static Value softmaxOfNonzero(Composite node, Value scores) {
    Value counts = node.greater(node.absolute(scores), node.scalarLike(scores, NEXT_TO_ZERO));
    Value highest = node.reduce("ReduceMax", scores, true, -1);
    Value raised = node.exponential(node.subtract(scores, highest));
    Value counted = node.where(counts, raised, node.scalarLike(scores, 0));
    return node.divide(counted, node.reduceSum(counted, true, -1));
  }

  /** {@code sqrt(2) erfinv(2 p - 1)}, by the approximation that the runtime takes. */
  private static Value probit(Composite node, Value p) {
    Value x = node.add(node.multiply(p, 2), -1);
    Value logarithm = node.logarithm(node.subtract(1, node.square(x)));
    Value half = node.add(node.multiply(logarithm, 0.5), 2 / (Math.PI * WINITZKI));
    Value root =
        node.squareRoot(node.subtract(node.square(half), node.multiply(logarithm, 1 / WINITZKI)));
    Value size = node.squareRoot(node.subtract(root, half));
    return node.multiply(node.multiply(node.sign(x), size), Math.sqrt(2));
  }

  /** Inputs side by side, each cut or filled up with zeros to its declared number of columns. */
  private static List<Value> join(Composite node) {
    long[] widths = node.attributes().integers("inputdimensions").orElse(new long[0]);
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < node.inputs(); i++) {
      Value part = node.cast(node.input(i), ElementType.FLOAT32);
      if (part.rank() == 1) {
        part = node.unsqueeze(part, 0);
      }
      long width = node.sizes(part)[1];
      if (width > widths[i]) {
        part = node.slice(part, 1, 0, widths[i]);
      } else if (width < widths[i]) {
        part = node.padZeros(part, 0, 0, 0, widths[i] - width);
      }
      parts.add(part);
    }
    return List.of(node.joined(1, parts));
  }
}
