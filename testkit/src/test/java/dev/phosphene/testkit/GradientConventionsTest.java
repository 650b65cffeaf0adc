package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the rules say where a function has no derivative: kinks, ties, zeros. */
class GradientConventionsTest {
  private static final GradientRules RULES = StandardRules.rules();

  private static final ElementType FLOAT32 = ElementType.FLOAT32;

  private static Tensor scalar(double element) {
    return Tensor.scalar((float) element);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void reluAtZero(ElementType precision) {
    double[] gradient =
        OneNode.of("Relu").gradient(RULES, precision, -1, -1e-30, 0, 1e-28, 1, 1e30);
    assertThat(gradient).containsExactly(0, 0, 0, 1, 1, 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void relu6AtItsBounds(ElementType precision) {
    double below = Math.nextDown(6f);
    double[] gradient =
        OneNode.of("Clip", scalar(0), scalar(6))
            .gradient(RULES, precision, -1, 0, 1e-20, 3, below, 6, 6.5, 1e9);
    assertThat(gradient).containsExactly(0, 0, 1, 1, 1, 0, 0, 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void otherClipsPassAtTheirBounds(ElementType precision) {
    double[] gradient =
        OneNode.of("Clip", scalar(-1), scalar(1)).gradient(RULES, precision, -2, -1, 0, 1, 2);
    assertThat(gradient).containsExactly(0, 1, 1, 1, 0);
  }

  @Test
  void hardActivationsAtTheirBounds() {
    assertThat(OneNode.of("HardSigmoid").gradient(RULES, FLOAT32, -2.5, 0, 2.5))
        .containsExactly(0, 0.2f, 0);
    assertThat(OneNode.of("HardSwish").gradient(RULES, FLOAT32, -3, 0, 3.5))
        .containsExactly(0, 0.5, 1);
    assertThat(OneNode.of("ThresholdedRelu").with("alpha", 0.7).gradient(RULES, FLOAT32, 0.7f, 0.8))
        .containsExactly(0, 1);
  }

  @Test
  void leakyRectifiersTakeTheNegativeSideAtZero() {
    assertThat(OneNode.of("LeakyRelu").with("alpha", 0.25).gradient(RULES, FLOAT32, 0, 1))
        .containsExactly(0.25, 1);
    assertThat(OneNode.of("Elu").with("alpha", 0.25).gradient(RULES, FLOAT32, 0, 1))
        .containsExactly(0.25, 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void tiesShareTheGradient(ElementType precision) {
    List<double[]> gradients =
        OneNode.of("Max")
            .gradients(
                RULES,
                precision,
                new double[] {1, 1, 1},
                List.of(new double[] {1, 2, 3}, new double[] {1, 1, 4}));
    assertThat(gradients.get(0)).containsExactly(0.5, 1, 0);
    assertThat(gradients.get(1)).containsExactly(0.5, 0, 1);
    List<double[]> reduced =
        OneNode.of("ReduceMin", Tensor.vector(0))
            .gradients(RULES, precision, new double[] {1}, List.of(new double[] {2, 1, 1, 3}));
    assertThat(reduced.get(0)).containsExactly(0, 0.5, 0.5, 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void productsWithZeros(ElementType precision) {
    OneNode product = OneNode.of("ReduceProd", Tensor.vector(0));
    double[] one = {1};
    assertThat(product.gradients(RULES, precision, one, List.of(new double[] {2, 0, 3})).get(0))
        .containsExactly(0, 6, 0);
    assertThat(product.gradients(RULES, precision, one, List.of(new double[] {2, 0, 0})).get(0))
        .containsExactly(0, 0, 0);
    assertThat(product.gradients(RULES, precision, one, List.of(new double[] {2, -3, 5})).get(0))
        .containsExactly(-15, 10, -6);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void powersAtBaseZero(ElementType precision) {
    List<double[]> gradients =
        OneNode.of("Pow")
            .gradients(
                RULES,
                precision,
                new double[] {1, 1, 1, 1},
                List.of(new double[] {0, 0, 0, 0}, new double[] {0, 1, 2, 3}));
    assertThat(gradients.get(0)).containsExactly(0, 1, 0, 0);
    assertThat(gradients.get(1)).containsExactly(0, 0, 0, 0);
    for (double exponent : new double[] {0, 2, 3, 4}) {
      assertThat(OneNode.of("Pow", scalar(exponent)).gradient(RULES, precision, 0))
          .containsExactly(0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void normOfZeros(ElementType precision) {
    List<double[]> gradients =
        OneNode.of("ReduceL2", Tensor.vector(0))
            .gradients(RULES, precision, new double[] {1}, List.of(new double[] {0, 0}));
    assertThat(gradients.get(0)).containsExactly(0, 0);
  }
}
