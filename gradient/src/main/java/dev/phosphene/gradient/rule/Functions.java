package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.awayFrom;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import java.util.List;
import java.util.function.Function;

/** Gradients of the functions of one number: roots, exponentials, trigonometry. */
final class Functions {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

  private Functions() {}

  static List<GradientEntry> entries() {
    return List.of(
        entry("Abs", awayFrom(List.of(0.0), 2, 3), b -> b.sign(b.input(0))),
        entry("Reciprocal", uniform(0.5, 2, 2, 3), b -> b.negate(b.square(b.output()))),
        entry("Sqrt", uniform(0.5, 3, 2, 3), b -> b.divide(0.5, b.output())),
        entry("Exp", random(2, 3), Backward::output),
        entry("Log", uniform(0.5, 3, 2, 3), b -> b.reciprocal(b.input(0))),
        entry("Erf", random(2, 3), Functions::gaussian),
        entry("Sin", random(2, 3), b -> b.apply("Cos", b.input(0))),
        entry("Cos", random(2, 3), b -> b.negate(b.apply("Sin", b.input(0)))),
        entry("Tan", uniform(-1.2, 1.2, 2, 3), b -> b.add(b.square(b.output()), 1)),
        entry("Asin", uniform(-0.8, 0.8, 2, 3), Functions::besideUnitCircle),
        entry("Acos", uniform(-0.8, 0.8, 2, 3), b -> b.negate(besideUnitCircle(b))),
        entry("Atan", random(2, 3), b -> b.reciprocal(squarePlus(b, 1))),
        entry("Sinh", random(2, 3), b -> b.apply("Cosh", b.input(0))),
        entry("Cosh", random(2, 3), b -> b.apply("Sinh", b.input(0))),
        entry("Asinh", random(2, 3), b -> b.reciprocal(b.squareRoot(squarePlus(b, 1)))),
        entry("Acosh", uniform(1.3, 3, 2, 3), b -> b.reciprocal(b.squareRoot(squarePlus(b, -1)))),
        entry("Atanh", uniform(-0.8, 0.8, 2, 3), b -> b.reciprocal(oneMinusSquare(b))));
  }

  private static GradientEntry entry(
      String operator, GradientCase.Input x, Function<Backward, Value> derivative) {
    return GradientEntry.of(operator, ElementwiseRule.of(derivative), GradientCase.of(operator, x));
  }

  private static Value gaussian(Backward backward) {
    Value exponent = backward.negate(backward.square(backward.input(0)));
    return backward.multiply(backward.exponential(exponent), TWO_OVER_SQRT_PI);
  }

  private static Value besideUnitCircle(Backward backward) {
    return backward.reciprocal(backward.squareRoot(oneMinusSquare(backward)));
  }

  private static Value oneMinusSquare(Backward backward) {
    return backward.subtract(1, backward.square(backward.input(0)));
  }

  private static Value squarePlus(Backward backward, double addend) {
    return backward.add(backward.square(backward.input(0)), addend);
  }
}
