package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.awayFrom;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.Masks;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Gradients of activations with a kink: the rectifiers and their leaky, exponential and clipped
 * forms.
 *
 * <p>At a kink the convention is PyTorch's: Relu and its kin have the derivative of the side below
 * zero at zero. Clip passes gradients where min <= x <= max, bounds included, as {@code
 * torch.clamp} does, with one exception: a Clip from 0 to 6 is what exporters make of ReLU6, whose
 * derivative is zero at both bounds ({@code torch.nn.ReLU6}).
 */
final class Rectifiers {
  private static final double SELU_ALPHA = 1.6732632f; // the standard's default
  private static final double SELU_GAMMA = 1.050701f; // the standard's default

  private Rectifiers() {}

  static List<GradientEntry> entries() {
    GradientCase.Input aroundZero = awayFrom(List.of(0.0), 2, 3, 4);
    return List.of(
        GradientEntry.of("Relu", Rectifiers::relu, GradientCase.of("Relu", aroundZero)),
        GradientEntry.of(
            "LeakyRelu",
            ElementwiseRule.of(Rectifiers::leaky),
            GradientCase.of("LeakyRelu", aroundZero),
            GradientCase.of("LeakyRelu", aroundZero).with("alpha", 0.3),
            GradientCase.of("LeakyRelu", aroundZero).with("alpha", -0.5)),
        GradientEntry.of(
            "PRelu",
            Rectifiers::parametric,
            GradientCase.of("PRelu", aroundZero, random(2, 3, 4)),
            GradientCase.of("PRelu", aroundZero, random(3, 1)).named("slope a channel"),
            GradientCase.of("PRelu", aroundZero, random(1)).named("one slope")),
        GradientEntry.of(
            "Elu",
            ElementwiseRule.belowZero(
                backward -> plus(backward, backward.attributes().real("alpha", 1))),
            GradientCase.of("Elu", aroundZero),
            GradientCase.of("Elu", aroundZero).with("alpha", 0.4)),
        GradientEntry.of(
            "Celu",
            ElementwiseRule.belowZero(Rectifiers::continuouslyDifferentiable),
            GradientCase.of("Celu", aroundZero),
            GradientCase.of("Celu", aroundZero).with("alpha", 0.4)),
        GradientEntry.of(
            "Selu",
            Rectifiers::selfNormalizing,
            GradientCase.of("Selu", aroundZero),
            GradientCase.of("Selu", aroundZero).with("alpha", 1.2),
            GradientCase.of("Selu", aroundZero).with("gamma", 0.8),
            GradientCase.of("Selu", aroundZero).with("alpha", 1.2, "gamma", 0.8)),
        GradientEntry.of(
            "ThresholdedRelu",
            ElementwiseRule.of(Rectifiers::aboveThreshold),
            GradientCase.of("ThresholdedRelu", awayFrom(List.of(1.0), 2, 3, 4)),
            GradientCase.of("ThresholdedRelu", awayFrom(List.of(-0.5), 2, 3, 4))
                .with("alpha", -0.5)),
        GradientEntry.of(
            "Shrink",
            ElementwiseRule.of(Rectifiers::outside),
            GradientCase.of("Shrink", awayFrom(List.of(-0.5, 0.5), 2, 3, 4)),
            GradientCase.of("Shrink", awayFrom(List.of(-1.0, 1.0), 2, 3, 4)).with("lambd", 1.0),
            GradientCase.of("Shrink", awayFrom(List.of(-0.5, 0.5), 2, 3, 4)).with("bias", 0.7),
            GradientCase.of("Shrink", awayFrom(List.of(-1.0, 1.0), 2, 3, 4))
                .with("lambd", 1.0, "bias", 0.7)),
        GradientEntry.of(
            "HardSigmoid",
            ElementwiseRule.of(Rectifiers::hardSigmoid),
            GradientCase.of("HardSigmoid", between(-4, 4, -2.5, 2.5)),
            GradientCase.of("HardSigmoid", awayFrom(List.of(-0.625, 0.625), 2, 3, 4))
                .with("alpha", 0.8),
            GradientCase.of("HardSigmoid", between(-4, 4, -3, 2)).with("beta", 0.6),
            GradientCase.of("HardSigmoid", awayFrom(List.of(-0.75, 0.5), 2, 3, 4))
                .with("alpha", 0.8, "beta", 0.6)),
        GradientEntry.of(
            "HardSwish",
            ElementwiseRule.of(Rectifiers::hardSwish),
            GradientCase.of("HardSwish", between(-5, 5, -3, 3))),
        GradientEntry.of("Clip", Rectifiers::clip, clips()));
  }

  private static List<GradientCase> clips() {
    GradientCase.Input x = awayFrom(List.of(-1.0, 0.0, 0.5), 2, 3, 4);
    return List.of(
        GradientCase.of("Clip", x, scalar(-1), scalar(0.5)),
        GradientCase.of("Clip", x, scalar(-1)).named("no maximum"),
        GradientCase.of("Clip", x, absent(), scalar(0.5)).named("no minimum"),
        GradientCase.of("Clip", x).named("no bounds"),
        GradientCase.of("Clip", x, uniform(-1.05, -0.95), uniform(0.45, 0.55))
            .named("bounds that are computed"),
        GradientCase.of("Clip", x, scalar(0.5), scalar(-1)).named("minimum above maximum"),
        GradientCase.of("Clip", x, uniform(0.45, 0.55), uniform(-1.05, -0.95))
            .named("computed minimum above maximum"),
        GradientCase.of("Clip", between(-3, 9, 0, 6), scalar(0), scalar(6)).named("ReLU6"));
  }

  /** Uniform between two bounds, away from two kinks. */
  private static GradientCase.Input between(double from, double to, double low, double high) {
    return new GradientCase.Input.Random(from, to, List.of(low, high), 0.1, 2, 3, 8);
  }

  private static GradientCase.Input scalar(double element) {
    return fixed(Tensor.of(new float[] {(float) element}));
  }

  /** The negative side of Elu is alpha (exp(x) - 1), so that its derivative is y + alpha. */
  private static Value plus(Backward backward, double alpha) {
    return backward.add(backward.output(), alpha);
  }

  private static void relu(Backward backward) {
    if (backward.wants(0)) {
      backward.give(0, backward.maskedGradient(output -> Masks.positive(backward, output)));
    }
  }

  private static Value leaky(Backward backward) {
    double alpha = backward.attributes().real("alpha", 0.01);
    Value mask = Masks.positive(backward, backward.input(0));
    return backward.add(backward.multiply(mask, 1 - alpha), alpha);
  }

  private static void parametric(Backward backward) {
    Value x = backward.input(0);
    Value gradient = backward.gradient();
    Value zero = backward.scalarLike(x, 0);
    if (backward.wants(0)) {
      Value sloped = backward.multiply(gradient, backward.input(1));
      backward.give(0, backward.where(backward.greater(x, zero), gradient, sloped));
    }
    if (backward.wants(1)) {
      backward.give(1, backward.multiply(gradient, backward.apply("Min", x, zero)));
    }
  }

  /** The negative side of Celu is alpha (exp(x / alpha) - 1). */
  private static Value continuouslyDifferentiable(Backward backward) {
    double alpha = backward.attributes().real("alpha", 1);
    return backward.add(backward.multiply(backward.output(), 1 / alpha), 1);
  }

  /** gamma x above zero, else gamma (alpha exp(x) - alpha). */
  private static void selfNormalizing(Backward backward) {
    double alpha = backward.attributes().real("alpha", SELU_ALPHA);
    double gamma = backward.attributes().real("gamma", SELU_GAMMA);
    Value gradient = backward.gradient();
    Value zero = backward.scalarLike(gradient, 0);
    Value above = backward.scalarLike(gradient, gamma);
    Value below = plus(backward, gamma * alpha);
    Value isAbove = backward.greater(backward.input(0), zero);
    backward.give(0, backward.multiply(gradient, backward.where(isAbove, above, below)));
  }

  private static Value aboveThreshold(Backward backward) {
    return Masks.above(backward, backward.input(0), backward.attributes().real("alpha", 1));
  }

  private static Value outside(Backward backward) {
    Value distance = backward.absolute(backward.input(0));
    return Masks.above(backward, distance, backward.attributes().real("lambd", 0.5));
  }

  private static Value hardSigmoid(Backward backward) {
    double slope = backward.attributes().real("alpha", 0.2);
    return backward.multiply(Masks.between(backward, backward.output(), 0, 1), slope);
  }

  /** x h with the gate h = x / 6 + 1/2 between 0 and 1: h, and on the gate's ramp x / 6 more. */
  private static Value hardSwish(Backward backward) {
    Value x = backward.input(0);
    Value gate = backward.apply("HardSigmoid", Attributes.of("alpha", 1.0 / 6, "beta", 0.5), x);
    Value toEdge = backward.subtract(3, backward.absolute(x));
    Value onRamp = backward.multiply(x, Masks.positive(backward, toEdge));
    return backward.add(gate, backward.multiply(onRamp, 1.0 / 6));
  }

  private static void clip(Backward backward) {
    Value gradient = backward.gradient();
    if (backward.wants(0)) {
      backward.give(0, backward.multiply(gradient, withinBounds(backward)));
    }
    if (backward.wants(1)) {
      Value minimum = backward.input(1);
      Value below = backward.less(backward.input(0), minimum);
      // The maximum wins where it is the smaller one.
      Value counts =
          backward.has(2)
              ? backward.apply(
                  "And", below, backward.apply("LessOrEqual", minimum, backward.input(2)))
              : below;
      backward.give(1, backward.multiply(gradient, backward.indicator(counts, gradient)));
    }
    if (backward.wants(2)) {
      Value raised =
          backward.has(1)
              ? backward.apply("Max", backward.input(0), backward.input(1))
              : backward.input(0);
      Value above = backward.greater(raised, backward.input(2));
      backward.give(2, backward.multiply(gradient, backward.indicator(above, gradient)));
    }
  }

  private static Value withinBounds(Backward backward) {
    if (isBound(backward, 1, 0) && isBound(backward, 2, 6)) {
      return Masks.between(backward, backward.output(), 0, 6);
    }
    // Within the bounds, and there only, the output is the input.
    Value same = backward.equal(backward.input(0), backward.output());
    return backward.indicator(same, backward.output());
  }

  private static boolean isBound(Backward backward, int input, double bound) {
    Optional<Tensor> constant =
        backward.has(input) ? backward.constantOf(backward.input(input)) : Optional.empty();
    return constant.isPresent()
        && constant.get().elements() == 1
        && constant.get().getDouble(0) == bound;
  }
}
