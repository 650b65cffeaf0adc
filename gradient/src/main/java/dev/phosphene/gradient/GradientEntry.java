package dev.phosphene.gradient;

import dev.phosphene.graph.OperatorType;
import java.util.List;

/**
 * A row of the table of gradient rules.
 *
 * @param type the operator
 * @param rule its vector-Jacobian product
 * @param cases the forms on which the rule is checked against finite differences; never empty but
 *     for {@link GradientRule#NO_GRADIENT}
 */
public record GradientEntry(OperatorType type, GradientRule rule, List<GradientCase> cases) {
  /**
   * Checks that the row can be checked.
   *
   * @throws IllegalArgumentException where a rule has no cases, or a case is of another operator
   */
  public GradientEntry {
    cases = List.copyOf(cases);
    if (cases.isEmpty() && rule != GradientRule.NO_GRADIENT) {
      throw new IllegalArgumentException("The gradient rule of " + type + " declares no cases");
    }
    for (GradientCase each : cases) {
      if (!each.type().equals(type)) {
        throw new IllegalArgumentException("The rule of " + type + " has a case of " + each.type());
      }
    }
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
