package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.distinct;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients of operators that combine any number of inputs element by element: Sum, Mean, Min, Max,
 * and the choice Where.
 *
 * <p>Where several inputs of Min or Max are equal, the gradient is split evenly between them, as
 * {@code torch.maximum} does.
 */
final class Combinations {
  private Combinations() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("Sum", backward -> giveAll(backward, backward.gradient()), sums("Sum")),
        GradientEntry.of("Mean", Combinations::mean, sums("Mean")),
        GradientEntry.of("Min", Combinations::extremum, extrema("Min")),
        GradientEntry.of("Max", Combinations::extremum, extrema("Max")),
        GradientEntry.of("Where", Combinations::choice, choices()));
  }

  private static List<GradientCase> sums(String operator) {
    return List.of(
        GradientCase.of(operator, random(2, 3)).named("one input"),
        GradientCase.of(operator, random(2, 3), random(2, 3)).named("two inputs"),
        GradientCase.of(operator, random(2, 3), random(3), random(4, 1, 1))
            .named("three inputs, broadcast"));
  }

  private static List<GradientCase> extrema(String operator) {
    return List.of(
        GradientCase.of(operator, random(2, 3)).named("one input"),
        GradientCase.of(operator, distinct(2, 3), fixed(Tensor.scalar(0f))).named("constant bound"),
        GradientCase.of(operator, distinct(2, 3), distinct(2, 3)).named("two inputs"),
        GradientCase.of(operator, distinct(2, 3), distinct(3), distinct(4, 1, 1))
            .named("three inputs, broadcast"));
  }

  private static List<GradientCase> choices() {
    GradientCase.Input condition = condition(new double[] {1, 0, 0, 1, 1, 0}, 2, 3);
    return List.of(
        GradientCase.of("Where", condition, random(2, 3), random(2, 3)),
        GradientCase.of("Where", condition, random(3), random(4, 1, 1)).named("choices broadcast"),
        GradientCase.of("Where", condition(new double[] {0, 1, 1}, 3), random(2, 1), random(2, 3))
            .named("condition broadcast"));
  }

  private static GradientCase.Input condition(double[] elements, long... sizes) {
    return fixed(Tensor.converted(ElementType.BOOL, elements, sizes));
  }

  private static void giveAll(Backward backward, Value gradient) {
    for (int input = 0; input < backward.inputs(); input++) {
      backward.give(input, gradient);
    }
  }

  private static void mean(Backward backward) {
    giveAll(backward, backward.multiply(backward.gradient(), 1.0 / backward.inputs()));
  }

  private static void extremum(Backward backward) {
    if (backward.inputs() == 1) {
      backward.give(0, backward.gradient());
      return;
    }
    List<Value> attained = new ArrayList<>();
    for (int input = 0; input < backward.inputs(); input++) {
      Value isExtreme = backward.equal(backward.input(input), backward.output());
      attained.add(backward.indicator(isExtreme, backward.output()));
    }
    Value count = attained.stream().reduce(backward::add).orElseThrow();
    Value share = backward.divide(backward.gradient(), count);
    for (int input = 0; input < backward.inputs(); input++) {
      if (backward.wants(input)) {
        backward.give(input, backward.multiply(share, attained.get(input)));
      }
    }
  }

  private static void choice(Backward backward) {
    Value condition = backward.input(0);
    Value gradient = backward.gradient();
    Value zero = backward.scalarLike(gradient, 0);
    if (backward.wants(1)) {
      backward.give(1, backward.where(condition, gradient, zero));
    }
    if (backward.wants(2)) {
      backward.give(2, backward.where(condition, zero, gradient));
    }
  }
}
