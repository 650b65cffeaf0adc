package dev.phosphene.gradient;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;

/** A gradient is wanted through an operator that has no rule. */
public final class MissingGradientRuleException extends PhospheneException {
  private static final long serialVersionUID = 1L;

  MissingGradientRuleException(Node node) {
    super("No gradient rule for " + node.describe() + ": " + advice(node));
  }

  private static String advice(Node node) {
    if (node.is("If")) {
      return "a gradient flows through an If whose condition is a constant, or whose branches give"
          + " floating values of equal, known shapes";
    }
    if (node.is("Loop")) {
      return "a gradient flows through a Loop whose number of iterations is known, at most 4096"
          + " where its values change their shapes; fix the shapes of the model's inputs, or choose"
          + " a layer before it";
    }
    return "choose a layer before it, register a rule with GradientRules.with(...), or export"
        + " the model with other operators";
  }
}
