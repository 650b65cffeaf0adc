package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.List;
import java.util.Optional;

/** Gradients of Softmax and LogSoftmax along one axis; Hardmax has none. */
final class Softmaxes {
  private Softmaxes() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("Softmax", Softmaxes::softmax, cases("Softmax")),
        GradientEntry.of("LogSoftmax", Softmaxes::logSoftmax, cases("LogSoftmax")),
        GradientEntry.none("Hardmax"));
  }

  private static List<GradientCase> cases(String operator) {
    return GradientCase.of(operator, random(2, 3, 4))
        .withEach(
            List.of(
                Attributes.none(),
                Attributes.of("axis", 0),
                Attributes.of("axis", 1),
                Attributes.of("axis", -2)));
  }

  /** dx = y (dy - sum(y dy)). */
  private static void softmax(Backward backward) {
    Value y = shares(backward);
    Value gradient = backward.gradient();
    Value sum = backward.reduceSum(backward.multiply(gradient, y), true, axis(backward));
    backward.give(0, backward.multiply(y, backward.subtract(gradient, sum)));
  }

  /**
   * y, but zero where a mask made all scores of a row minus infinity: y is not a number there, and
   * graphs that mask whole rows put zeros in its place behind. Scores that nothing was added to
   * need no such care.
   */
  private static Value shares(Backward backward) {
    Value y = backward.output();
    return isMasked(backward, backward.input(0))
        ? backward.where(backward.apply("IsNaN", y), backward.scalarLike(y, 0), y)
        : y;
  }

  private static boolean isMasked(Backward backward, Value scores) {
    Optional<Node> producer = backward.producer(scores);
    while (producer.isPresent() && producer.get().is("Cast")) {
      producer = backward.producer(backward.value(producer.get().input(0)));
    }
    return producer.filter(node -> node.is("Add") || node.is("Where")).isPresent();
  }

  /** dx = dy - exp(y) sum(dy). */
  private static void logSoftmax(Backward backward) {
    Value gradient = backward.gradient();
    Value sum = backward.reduceSum(gradient, true, axis(backward));
    Value share = backward.multiply(backward.exponential(backward.output()), sum);
    backward.give(0, backward.subtract(gradient, share));
  }

  private static long axis(Backward backward) {
    long axis = backward.attributes().integer("axis", -1);
    return axis < 0 ? axis + backward.input(0).rank() : axis;
  }
}
