package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Losses over classes on axis 1, against class numbers. */
final class Losses {
  private Losses() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        OperatorType.of("NegativeLogLikelihoodLoss"),
        node -> List.of(loss(node, node.input(0))),
        OperatorType.of("SoftmaxCrossEntropyLoss"),
        Losses::crossEntropy);
  }

  private static List<Value> crossEntropy(Composite node) {
    Value logarithms = node.apply("LogSoftmax", Attributes.of("axis", 1), node.input(0));
    return List.of(loss(node, logarithms), logarithms);
  }

  /** {@code -weight[t] x[t]} of each class t, averaged by weight, summed or as it is. */
  private static Value loss(Composite node, Value scores) {
    Value classes = node.cast(node.input(1), ElementType.INT64);
    Value counted = Value.ABSENT;
    if (node.attributes().has("ignore_index")) {
      Value ignored = node.constant(Tensor.scalar(node.attributes().integer("ignore_index", 0)));
      Value isIgnored = node.equal(classes, ignored);
      classes = node.where(isIgnored, node.constant(Tensor.scalar(0L)), classes);
      counted = node.where(isIgnored, node.scalarLike(scores, 0), node.scalarLike(scores, 1));
    }
    Value column = node.unsqueeze(classes, 1);
    Value picked =
        node.squeeze(node.apply("GatherElements", Attributes.of("axis", 1), scores, column), 1);
    Value weights = counted;
    if (node.has(2)) {
      Value own = node.apply("Gather", node.input(2), classes);
      weights = counted.isPresent() ? node.multiply(own, counted) : own;
    }
    Value each = node.negate(weights.isPresent() ? node.multiply(picked, weights) : picked);
    String reduction = node.attributes().text("reduction", "mean");
    return switch (reduction) {
      case "none" -> each;
      case "sum" -> node.apply("ReduceSum", Attributes.of("keepdims", 0), each);
      case "mean" -> mean(node, each, weights);
      default ->
          throw node.error("reduction should be none, sum or mean, found \"" + reduction + '"');
    };
  }

  private static Value mean(Composite node, Value each, Value weights) {
    Attributes all = Attributes.of("keepdims", 0);
    return weights.isPresent()
        ? node.divide(node.apply("ReduceSum", all, each), node.apply("ReduceSum", all, weights))
        : node.apply("ReduceMean", all, each);
  }
}
