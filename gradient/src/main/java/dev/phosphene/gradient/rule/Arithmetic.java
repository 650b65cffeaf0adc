package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import java.util.List;

/** Gradients of Add, Sub, Mul, Div and Neg, which broadcast their inputs. */
final class Arithmetic {
  private Arithmetic() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("Add", Arithmetic::add, broadcasts("Add")),
        GradientEntry.of("Sub", Arithmetic::subtract, broadcasts("Sub")),
        GradientEntry.of("Mul", Arithmetic::multiply, broadcasts("Mul")),
        GradientEntry.of(
            "Div",
            Arithmetic::divide,
            GradientCase.of("Div", random(2, 3, 4), uniform(0.5, 2, 2, 3, 4)),
            GradientCase.of("Div", random(3, 1), uniform(-2, -0.5, 2, 1, 4)).named("broadcast")),
        GradientEntry.of(
            "Neg",
            backward -> backward.give(0, backward.negate(backward.gradient())),
            GradientCase.of("Neg", random(2, 3))));
  }

  private static List<GradientCase> broadcasts(String operator) {
    return List.of(
        GradientCase.of(operator, random(2, 3, 4), random(2, 3, 4)),
        GradientCase.of(operator, random(2, 3, 4), random(3, 1)).named("second input broadcast"),
        GradientCase.of(operator, random(1, 4), random(2, 3, 1)).named("both inputs broadcast"),
        GradientCase.of(operator, random(), random(2, 2)).named("scalar"));
  }

  private static void add(Backward backward) {
    backward.give(0, backward.gradient());
    backward.give(1, backward.gradient());
  }

  private static void subtract(Backward backward) {
    backward.give(0, backward.gradient());
    if (backward.wants(1)) {
      backward.give(1, backward.negate(backward.gradient()));
    }
  }

  private static void multiply(Backward backward) {
    Value gradient = backward.gradient();
    if (backward.wants(0)) {
      backward.give(0, backward.multiply(gradient, backward.input(1)));
    }
    if (backward.wants(1)) {
      backward.give(1, backward.multiply(gradient, backward.input(0)));
    }
  }

  /** d(a/b)/da = 1/b and d(a/b)/db = -(a/b)/b. */
  private static void divide(Backward backward) {
    Value byDivisor = backward.divide(backward.gradient(), backward.input(1));
    backward.give(0, byDivisor);
    if (backward.wants(1)) {
      backward.give(1, backward.negate(backward.multiply(byDivisor, backward.output())));
    }
  }
}
