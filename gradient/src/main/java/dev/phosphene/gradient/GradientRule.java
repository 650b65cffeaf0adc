package dev.phosphene.gradient;

/**
 * The vector-Jacobian product of one operator: for y = op(x), turns the gradient at y into
 * gradients at the inputs, as nodes of the graph.
 *
 * <p>A rule deals with its formula only. Summing over uses of a value, reducing over broadcast
 * axes, and leaving out what nobody wants is the engine's work.
 */
@FunctionalInterface
public interface GradientRule {
  /** A rule for operators through which no gradient flows, by their nature or by convention. */
  GradientRule NO_GRADIENT = backward -> {};

  /**
   * Gives a gradient for each wanted input through {@link Backward#give}. An input for which
   * nothing is given has zero gradient.
   *
   * @throws dev.phosphene.graph.PhospheneException where the node has a form that the rule does not
   *     cover; the message says which
   */
  void apply(Backward backward);
}
