package dev.phosphene.testkit;

import static dev.phosphene.gradient.GradientCase.distinct;
import static dev.phosphene.gradient.GradientCase.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientRule;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.MissingGradientRuleException;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker itself: right rules pass, and each of many ways to be wrong is caught. */
class GradientCheckTest {
  private static final GradientCase PRODUCT = GradientCase.of("Mul", random(2, 3), random(2, 3));
  private static final GradientCase BROADCAST = GradientCase.of("Mul", random(2, 3), random(3));
  private static final GradientCase QUOTIENT =
      GradientCase.of("Div", random(2, 3), GradientCase.uniform(0.5, 2, 2, 3));

  private static GradientReport check(String operator, GradientRule rule, GradientCase checked) {
    GradientRules rules = StandardRules.rules().with(operator, rule);
    return new GradientCheck(rules, StandardOperators.table()).check(checked);
  }

  private static void assertCaught(GradientReport report) {
    assertThat(report.passed()).as(report.toString()).isFalse();
  }

  @Test
  void rightRulePasses() {
    for (GradientCase each : List.of(PRODUCT, BROADCAST, QUOTIENT)) {
      GradientReport report =
          new GradientCheck(StandardRules.rules(), StandardOperators.table()).check(each);
      assertThat(report.passed()).as(report.toString()).isTrue();
      assertThat(report.comparisons()).hasSizeGreaterThanOrEqualTo(12);
    }
  }

  @Test
  void wrongSign() {
    assertCaught(check("Neg", b -> b.give(0, b.gradient()), GradientCase.of("Neg", random(2, 3))));
  }

  @Test
  void missingFactor() {
    GradientRule rule =
        b -> {
          b.give(0, b.multiply(b.gradient(), b.input(1)));
          b.give(1, b.gradient());
        };
    assertCaught(check("Mul", rule, PRODUCT));
  }

  @Test
  void slightlyWrongFactor() {
    GradientRule rule =
        b -> {
          b.give(0, b.multiply(b.multiply(b.gradient(), b.input(1)), 1.00001));
          b.give(1, b.multiply(b.gradient(), b.input(0)));
        };
    assertCaught(check("Mul", rule, PRODUCT));
  }

  @Test
  void forgottenInput() {
    assertCaught(check("Mul", b -> b.give(0, b.multiply(b.gradient(), b.input(1))), PRODUCT));
  }

  @Test
  void swappedInputs() {
    GradientRule rule =
        b -> {
          b.give(1, b.multiply(b.gradient(), b.input(1)));
          b.give(0, b.multiply(b.gradient(), b.input(0)));
        };
    assertCaught(check("Mul", rule, PRODUCT));
  }

  /** The engine sums over broadcast axes; a rule that takes the mean itself is wrong. */
  @Test
  void wrongBroadcast() {
    GradientRule rule =
        b -> {
          b.give(0, b.multiply(b.gradient(), b.input(1)));
          Value product = b.multiply(b.gradient(), b.input(0));
          b.give(1, b.reduceMean(product, false, 0));
        };
    assertCaught(check("Mul", rule, BROADCAST));
  }

  @Test
  void wrongInOneElement() {
    GradientRule rule =
        b -> {
          Tensor mask = Tensor.of(new float[] {1, 1, 1, 1, 1.01f, 1}, 2, 3).as(b.gradient().type());
          b.give(0, b.multiply(b.multiply(b.gradient(), b.input(1)), b.constant(mask)));
          b.give(1, b.multiply(b.gradient(), b.input(0)));
        };
    assertCaught(check("Mul", rule, PRODUCT));
  }

  @Test
  void wrongOnlyInFloat32() {
    GradientRule rule =
        b -> {
          double factor = b.gradient().type() == ElementType.FLOAT32 ? 2 : 1;
          b.give(0, b.multiply(b.gradient(), -factor));
        };
    assertCaught(check("Neg", rule, GradientCase.of("Neg", random(2, 3))));
  }

  /** A rule may leave out what is not wanted, but not what is. */
  @Test
  void wrongWhereOneInputAloneIsWanted() {
    GradientRule rule =
        b -> {
          if (b.wants(0) && b.wants(1)) {
            b.give(1, b.multiply(b.gradient(), b.input(0)));
          }
          b.give(0, b.multiply(b.gradient(), b.input(1)));
        };
    assertCaught(check("Mul", rule, PRODUCT));
  }

  @Test
  void notANumber() {
    GradientRule rule =
        b -> b.give(0, b.multiply(b.negate(b.gradient()), b.divide(zero(b), zero(b))));
    assertCaught(check("Neg", rule, GradientCase.of("Neg", random(2, 3))));
  }

  private static Value zero(Backward backward) {
    return backward.subtract(backward.gradient(), backward.gradient());
  }

  /** Differences across the kink of an absolute value do not settle. */
  @Test
  void numbersNearAKink() {
    GradientCase onKink =
        GradientCase.of("Abs", GradientCase.uniform(-0.0001, 0.0001, 4)).named("on the kink");
    GradientCase acrossKink = GradientCase.of("Abs", random(300)).named("across the kink");
    GradientRule rule = b -> b.give(0, b.multiply(b.gradient(), b.sign(b.input(0))));
    assertCaught(check("Abs", rule, acrossKink));
    assertThat(check("Abs", rule, GradientCase.of("Abs", distinct(300))).passed()).isTrue();
    assertThat(check("Abs", rule, onKink).comparisons()).isNotEmpty();
  }

  @Test
  void missingRule() {
    GradientCheck check = new GradientCheck(GradientRules.of(List.of()), StandardOperators.table());
    assertThatThrownBy(() -> check.check(PRODUCT))
        .isInstanceOf(MissingGradientRuleException.class)
        .hasMessageContaining("Mul")
        .hasMessageContaining("checked");
  }
}
