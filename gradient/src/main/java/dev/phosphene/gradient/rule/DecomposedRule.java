package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.GradientRule;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.decomposition.Composite;
import dev.phosphene.graph.decomposition.Decomposition;
import dev.phosphene.graph.decomposition.Decompositions;

/**
 * Rules of composite operators: the gradient is that of the simpler operators of which they
 * consist. Those are computed once more beside the composite one, as nothing else holds what lies
 * within it.
 */
final class DecomposedRule {
  private DecomposedRule() {}

  /** The rule of an operator of the standard domain. */
  static GradientRule of(String operator) {
    return of(OperatorType.of(operator));
  }

  /**
   * The rule of an operator.
   *
   * @throws IllegalArgumentException where the table of decompositions does not have it
   */
  static GradientRule of(OperatorType type) {
    Decomposition decomposition =
        Decompositions.find(type)
            .orElseThrow(() -> new IllegalArgumentException("No decomposition of " + type));
    return backward ->
        backward.giveThrough(
            inputs -> decomposition.decompose(new Composite(backward.node(), inputs, backward)));
  }
}
