package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gradients of Pow, at its base and its exponent, and of the remainder Mod. */
final class Powers {
  private Powers() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("Pow", Powers::power, powers()),
        GradientEntry.of(
            "Mod",
            Powers::remainder,
            GradientCase.of("Mod", uniform(0.2, 0.7, 2, 3), uniform(1, 2, 2, 3)).with("fmod", 1),
            GradientCase.of("Mod", uniform(-3.7, -3.2, 2, 3), uniform(1.35, 1.5, 3))
                .with("fmod", 1)
                .named("negative, broadcast")));
  }

  private static List<GradientCase> powers() {
    List<GradientCase> cases = new ArrayList<>();
    for (float exponent : new float[] {0, 1, 2, 3, 4, -2}) {
      cases.add(
          GradientCase.of("Pow", uniform(-2, -0.5, 2, 3), fixed(Tensor.scalar(exponent)))
              .named("exponent " + exponent));
    }
    for (float exponent : new float[] {0.5f, 1.7f, -0.5f}) {
      cases.add(
          GradientCase.of("Pow", uniform(0.5, 2, 2, 3), fixed(Tensor.scalar(exponent)))
              .named("exponent " + exponent));
    }
    cases.add(
        GradientCase.of("Pow", random(2, 3), fixed(Tensor.vector(2, 3, 1)))
            .named("integer exponents"));
    cases.add(
        GradientCase.of("Pow", random(2, 3), fixed(Tensor.scalar(2L))).named("integer exponent"));
    cases.add(
        GradientCase.of("Pow", uniform(0.5, 2, 2, 3), uniform(-2, 2, 2, 3))
            .named("both differentiated"));
    cases.add(
        GradientCase.of("Pow", uniform(0.5, 2, 3, 1), uniform(-2, 2, 2, 1, 4))
            .named("both broadcast"));
    cases.add(
        GradientCase.of("Pow", fixed(Tensor.of(new float[] {0, 1, 2}, 3)), uniform(0.5, 2, 2, 3))
            .named("base zero"));
    return cases;
  }

  private static void power(Backward backward) {
    if (backward.wants(0)) {
      atBase(backward);
    }
    if (backward.wants(1)) {
      Value atExponent = backward.multiply(backward.gradient(), slopeAtExponent(backward));
      backward.give(1, backward.cast(atExponent, backward.input(1).type()));
    }
  }

  private static void atBase(Backward backward) {
    Optional<Tensor> exponent = backward.constantOf(backward.input(1));
    if (exponent.isEmpty() || exponent.get().elements() != 1) {
      backward.give(0, backward.multiply(backward.gradient(), slopeAtBase(backward)));
      return;
    }
    double constant = exponent.get().getDouble(0);
    if (constant == 1) {
      backward.give(0, backward.gradient());
    } else if (constant != 0) {
      backward.give(0, backward.multiply(backward.gradient(), slopeAtBase(backward, constant)));
    }
  }

  /** e b^(e-1), without Pow for the usual exponents. */
  private static Value slopeAtBase(Backward backward, double exponent) {
    Value base = backward.input(0);
    if (exponent == 2) {
      return backward.multiply(base, 2);
    } else if (exponent == 3) {
      return backward.multiply(backward.square(base), 3);
    } else if (exponent == 0.5) {
      return backward.divide(0.5, backward.output());
    } else if (exponent == -1) {
      return backward.negate(backward.square(backward.output()));
    }
    return backward.multiply(backward.power(base, exponent - 1), exponent);
  }

  /** e b^(e-1); zero where e is, also at base zero. */
  private static Value slopeAtBase(Backward backward) {
    Value base = backward.input(0);
    Value exponent = backward.cast(backward.input(1), base.type());
    Value lower = backward.apply("Pow", base, backward.add(exponent, -1));
    Value zero = backward.scalarLike(base, 0);
    Value isFlat = backward.equal(exponent, zero);
    return backward.where(isFlat, zero, backward.multiply(exponent, lower));
  }

  /** b^e log(b); zero at base zero, where the power is constant for e > 0. */
  private static Value slopeAtExponent(Backward backward) {
    Value base = backward.input(0);
    Value exponent = backward.cast(backward.input(1), base.type());
    Value zero = backward.scalarLike(base, 0);
    Value isFlat =
        backward.apply(
            "And", backward.equal(base, zero), backward.apply("GreaterOrEqual", exponent, zero));
    Value slope = backward.multiply(backward.output(), backward.logarithm(base));
    return backward.where(isFlat, zero, slope);
  }

  /** y = a - n b with whole n, constant between its steps. */
  private static void remainder(Backward backward) {
    Value gradient = backward.gradient();
    backward.give(0, gradient);
    if (backward.wants(1)) {
      Value multiple = backward.subtract(backward.input(0), backward.output());
      Value times = backward.apply("Round", backward.divide(multiple, backward.input(1)));
      backward.give(1, backward.negate(backward.multiply(gradient, times)));
    }
  }
}
