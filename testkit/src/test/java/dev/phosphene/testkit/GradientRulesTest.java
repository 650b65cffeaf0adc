package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.operator.StandardOperators;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of the table of gradient rules against finite differences, on all of its cases. {@code
 * -Dphosphene.operators=Conv,Gemm} checks some rows only.
 */
class GradientRulesTest {
  private static final String CHOSEN = System.getProperty("phosphene.operators", "");

  private final GradientCheck check =
      new GradientCheck(StandardRules.rules(), StandardOperators.table());

  @TestFactory
  Stream<DynamicContainer> rules() {
    List<String> chosen = CHOSEN.isEmpty() ? List.of() : Arrays.asList(CHOSEN.split(","));
    return StandardRules.rules().entries().stream()
        .filter(entry -> chosen.isEmpty() || chosen.contains(entry.type().toString()))
        .map(
            entry ->
                DynamicContainer.dynamicContainer(
                    entry.type().toString(), entry.cases().stream().map(this::test)));
  }

  private DynamicTest test(GradientCase checked) {
    return DynamicTest.dynamicTest(
        checked.toString(),
        () -> {
          GradientReport report = check.check(checked);
          System.out.println(report.summary());
          assertThat(report.passed()).as(report.toString()).isTrue();
        });
  }

  /** Every known operator has a row, or stands here with a reason in {@code docs/operators.md}. */
  @Test
  void operatorsWithoutRule() {
    Set<OperatorType> ruled =
        StandardRules.rules().entries().stream()
            .map(GradientEntry::type)
            .collect(Collectors.toSet());
    assertThat(
            StandardOperators.table().specs().stream()
                .map(OperatorSpec::type)
                .filter(type -> !ruled.contains(type))
                .map(OperatorType::toString))
        .containsExactlyInAnyOrder("If", "Loop", "MaxRoiPool", "Unique");
  }
}
