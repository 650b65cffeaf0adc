package dev.phosphene.gradient;

import dev.phosphene.graph.OperatorType;
import java.util.List;

/**
 * A row of the table of gradient rules.
 *
 * @param type the operator
 * @param rule its vector-Jacobian product
 * @param cases the forms on which the rule is checked against finite differences; never empty but
 *     for {@link GradientRule#NO_GRADIENT} and straight-through rules
 * @param flow how the rule's gradient relates to the derivative
 */
public record GradientEntry(
    OperatorType type, GradientRule rule, List<GradientCase> cases, Flow flow) {

  /** How a gradient relates to the derivative of its operator. */
  public enum Flow {
    /** It is the derivative. */
    EXACT,
    /**
     * Rounding counts as if it were not there, and the gradient passes integers; finite differences
     * say nothing of it.
     */
    STRAIGHT_THROUGH,
    /** There is none, by the operator's nature or by convention. */
    NONE
  }

  /**
   * Checks that the row can be checked.
   *
   * @throws IllegalArgumentException where a rule has no cases, or a case is of another operator
   */
  public GradientEntry {
    cases = List.copyOf(cases);
    if (cases.isEmpty() && flow == Flow.EXACT) {
      throw new IllegalArgumentException("The gradient rule of " + type + " declares no cases");
    }
    for (GradientCase each : cases) {
      if (!each.type().equals(type)) {
        throw new IllegalArgumentException("The rule of " + type + " has a case of " + each.type());
      }
    }
  }

  /** A row of a rule that is the derivative, or none. */
  public GradientEntry(OperatorType type, GradientRule rule, List<GradientCase> cases) {
    this(type, rule, cases, rule == GradientRule.NO_GRADIENT ? Flow.NONE : Flow.EXACT);
  }

  /** A row of a rule that passes rounding as if it were not there. */
  public static GradientEntry straightThrough(OperatorType type, GradientRule rule) {
    return new GradientEntry(type, rule, List.of(), Flow.STRAIGHT_THROUGH);
  }

  /** A row for an operator of the standard domain. */
  public static GradientEntry of(String operator, GradientRule rule, GradientCase... cases) {
    return new GradientEntry(OperatorType.of(operator), rule, List.of(cases));
  }

  /** A row for an operator of the standard domain. */
  public static GradientEntry of(String operator, GradientRule rule, List<GradientCase> cases) {
    return new GradientEntry(OperatorType.of(operator), rule, cases);
  }

  /** A row that says that no gradient flows through an operator. */
  public static GradientEntry none(String operator) {
    return of(operator, GradientRule.NO_GRADIENT);
  }
}
