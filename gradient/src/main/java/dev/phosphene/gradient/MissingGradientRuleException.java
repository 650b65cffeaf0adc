package dev.phosphene.gradient;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;

/** A gradient is wanted through an operator that has no rule. */
public final class MissingGradientRuleException extends PhospheneException {
  private static final long serialVersionUID = 1L;

  MissingGradientRuleException(Node node) {
    super(
        "No gradient rule for "
            + node.describe()
            + ": choose a layer before it, register a rule with GradientRules.with(...), or export"
            + " the model with other operators");
  }
}
