package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import java.util.List;

/** Rows and cases of operators of ONNX Runtime's own domain, {@code com.microsoft}. */
final class Contributed {
  private static final String DOMAIN = "com.microsoft";

  private Contributed() {}

  static OperatorType type(String operator) {
    return new OperatorType(DOMAIN, operator);
  }

  /** A row of an operator that is differentiated through its decomposition. */
  static GradientEntry decomposed(String operator, List<GradientCase> cases) {
    return new GradientEntry(type(operator), DecomposedRule.of(type(operator)), cases);
  }

  static GradientEntry decomposed(String operator, GradientCase... cases) {
    return decomposed(operator, List.of(cases));
  }

  static GradientCase of(String operator, GradientCase.Input... inputs) {
    return new GradientCase("plain", type(operator), Attributes.none(), List.of(inputs), 1, 0);
  }
}
