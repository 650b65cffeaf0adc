package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.awayFrom;
import static dev.phosphene.gradient.GradientCase.distinct;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.GradientRule;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients of the Reduce family, with y and dy stretched back along the reduced axes.
 *
 * <p>Where several elements attain a maximum or minimum, the gradient is split evenly between them,
 * as {@code torch.amax} does. A product's gradient is exact also where factors are zero.
 */
final class Reductions {
  private Reductions() {}

  static List<GradientEntry> entries() {
    return List.of(
        entry("ReduceSum", (backward, axes, y, gradient) -> gradient, random(2, 3, 4)),
        entry("ReduceMean", Reductions::mean, random(2, 3, 4)),
        entry("ReduceMax", Reductions::extremum, distinct(2, 3, 4)),
        entry("ReduceMin", Reductions::extremum, distinct(2, 3, 4)),
        product(),
        entry("ReduceL1", Reductions::sumOfMagnitudes, awayFrom(List.of(0.0), 2, 3, 4)),
        entry("ReduceL2", Reductions::norm, awayFrom(List.of(0.0), 2, 3, 4)),
        entry("ReduceLogSum", Reductions::logarithmOfSum, uniform(0.5, 2, 2, 3, 4)),
        entry("ReduceLogSumExp", Reductions::logarithmOfExponentials, random(2, 3, 4)),
        entry("ReduceSumSquare", Reductions::sumOfSquares, random(2, 3, 4)));
  }

  /** The gradient at x from y and its gradient, both with reduced axes kept. */
  @FunctionalInterface
  private interface Formula {
    Value at(Backward backward, ReducedAxes axes, Value y, Value gradient);
  }

  private static GradientEntry entry(String operator, Formula formula, GradientCase.Input x) {
    return GradientEntry.of(operator, rule(formula), cases(operator, x));
  }

  private static GradientRule rule(Formula formula) {
    return backward -> {
      if (backward.wants(0)) {
        ReducedAxes axes = ReducedAxes.of(backward);
        Value y = axes.kept(backward, backward.output());
        Value gradient = axes.kept(backward, backward.gradient());
        backward.give(0, formula.at(backward, axes, y, gradient));
      }
    };
  }

  private static List<GradientCase> cases(String operator, GradientCase.Input x) {
    List<GradientCase> cases = new ArrayList<>();
    cases.add(GradientCase.of(operator, x).named("all axes"));
    cases.add(GradientCase.of(operator, x).with("keepdims", 0).named("all axes, none kept"));
    for (int keep = 0; keep <= 1; keep++) {
      String suffix = keep == 1 ? ", kept" : "";
      cases.add(
          GradientCase.of(operator, x, integers(1))
              .with("keepdims", keep)
              .named("axis 1" + suffix));
      cases.add(
          GradientCase.of(operator, x, integers(-1, 0))
              .with("keepdims", keep)
              .named("axes -1 and 0" + suffix));
    }
    cases.add(
        GradientCase.of(operator, x, integers())
            .with("noop_with_empty_axes", 1)
            .named("no axes, nothing reduced"));
    cases.add(GradientCase.of(operator, x, integers()).named("no axes, all reduced"));
    cases.add(GradientCase.of(operator, x, integers(1, -1)).named("keepdims by default"));
    Attributes kept = Attributes.of("noop_with_empty_axes", 1);
    cases.add(
        GradientCase.of(operator, x, integers(1, -1))
            .with(kept.with("keepdims", 0))
            .named("axes 1 and -1, noop_with_empty_axes"));
    cases.add(GradientCase.of(operator, x).with(kept).named("axes left out, nothing reduced"));
    return cases;
  }

  private static GradientEntry product() {
    List<GradientCase> cases =
        new ArrayList<>(cases("ReduceProd", awayFrom(List.of(0.0), 2, 3, 2)));
    cases.add(
        GradientCase.of("ReduceProd", random(2, 1), fixed(Tensor.vector(1))).named("one factor"));
    return GradientEntry.of("ReduceProd", rule(Reductions::productOfOthers), cases);
  }

  private static Value mean(Backward backward, ReducedAxes axes, Value y, Value gradient) {
    return backward.multiply(gradient, 1.0 / axes.elements());
  }

  private static Value extremum(Backward backward, ReducedAxes axes, Value y, Value gradient) {
    Value attained = backward.indicator(backward.equal(backward.input(0), y), y);
    Value share = backward.divide(gradient, axes.reduce(backward, "ReduceSum", attained));
    return backward.multiply(attained, share);
  }

  /**
   * The product of all factors but one is, for an element that is not zero, the product over the
   * others; it is zero if any other is. Zeros are replaced by ones and counted.
   */
  private static Value productOfOthers(
      Backward backward, ReducedAxes axes, Value y, Value gradient) {
    Value x = backward.input(0);
    Value zero = backward.scalarLike(x, 0);
    Value isZero = backward.indicator(backward.equal(x, zero), x);
    Value safe = backward.add(x, isZero);
    Value product = axes.reduce(backward, "ReduceProd", safe);
    Value zeros = axes.reduce(backward, "ReduceSum", isZero);
    Value otherZeros = backward.subtract(zeros, isZero);
    Value others = backward.divide(product, safe);
    Value nonZero = backward.indicator(backward.equal(otherZeros, zero), x);
    return backward.multiply(gradient, backward.multiply(others, nonZero));
  }

  private static Value sumOfMagnitudes(
      Backward backward, ReducedAxes axes, Value y, Value gradient) {
    return backward.multiply(gradient, backward.sign(backward.input(0)));
  }

  /** x / y; zero where all of x is, as {@code torch.linalg.norm} has it. */
  private static Value norm(Backward backward, ReducedAxes axes, Value y, Value gradient) {
    Value zero = backward.scalarLike(y, 0);
    Value scale = backward.where(backward.equal(y, zero), zero, backward.divide(gradient, y));
    return backward.multiply(backward.input(0), scale);
  }

  private static Value logarithmOfSum(
      Backward backward, ReducedAxes axes, Value y, Value gradient) {
    return backward.multiply(gradient, backward.exponential(backward.negate(y)));
  }

  private static Value logarithmOfExponentials(
      Backward backward, ReducedAxes axes, Value y, Value gradient) {
    Value share = backward.exponential(backward.subtract(backward.input(0), y));
    return backward.multiply(gradient, share);
  }

  private static Value sumOfSquares(Backward backward, ReducedAxes axes, Value y, Value gradient) {
    return backward.multiply(backward.input(0), backward.multiply(gradient, 2));
  }
}
