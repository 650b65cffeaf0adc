package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientRule;
import dev.phosphene.graph.Value;
import java.util.function.Function;

/** Rules of operators that treat each element of their first input alone. */
final class ElementwiseRule {
  private ElementwiseRule() {}

  /** dx = dy * f'(x), for a derivative written as nodes. */
  static GradientRule of(Function<Backward, Value> derivative) {
    return backward -> {
      if (backward.wants(0)) {
        Value gradient = backward.gradient();
        backward.give(0, backward.multiply(gradient, derivative.apply(backward)));
      }
    };
  }

  /** dx = dy where x is above zero, else dy * f'(x), for a derivative written as nodes. */
  static GradientRule belowZero(Function<Backward, Value> derivative) {
    return backward -> {
      if (backward.wants(0)) {
        Value gradient = backward.gradient();
        Value isAbove = backward.greater(backward.input(0), backward.scalarLike(gradient, 0));
        Value scaled = backward.multiply(gradient, derivative.apply(backward));
        backward.give(0, backward.where(isAbove, gradient, scaled));
      }
    };
  }
}
