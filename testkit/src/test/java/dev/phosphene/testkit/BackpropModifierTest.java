package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guided and rectified backpropagation against their definitions, element by element. */
class BackpropModifierTest {
  private static final GradientRules GUIDED = BackpropModifier.GUIDED.modify(StandardRules.rules());
  private static final GradientRules RECTIFIED =
      BackpropModifier.RECTIFIED.modify(StandardRules.rules());
  private static final double STEP = 1e-5;

  /** Every point comes with a positive and a negative gradient; none is at a kink. */
  private static final double[] POINTS = {-7, -3.5, -1.2, -0.3, 0.3, 1.2, 2.9, 5.9, 6.1, 8};

  /** A node, and the function that it should compute, written anew. */
  private record Activation(OneNode node, DoubleUnaryOperator function) {
    static Activation of(OneNode node, DoubleUnaryOperator function) {
      return new Activation(node, function);
    }

    double derivative(double x) {
      return (function.applyAsDouble(x + STEP) - function.applyAsDouble(x - STEP)) / (2 * STEP);
    }

    @Override
    public String toString() {
      return node.type() + " " + node.attributes() + node.constants();
    }
  }

  static Stream<Activation> rectifiers() {
    return Stream.of(
        Activation.of(OneNode.of("Relu"), x -> Math.max(x, 0)),
        Activation.of(
            OneNode.of("Clip", Tensor.scalar(0f), Tensor.scalar(6f)),
            x -> Math.min(Math.max(x, 0), 6)),
        Activation.of(OneNode.of("Clip", Tensor.scalar(0f)), x -> Math.max(x, 0)),
        Activation.of(OneNode.of("ThresholdedRelu").with("alpha", 2.0), x -> x > 2 ? x : 0),
        Activation.of(OneNode.of("ThresholdedRelu").with("alpha", -2.0), x -> x > -2 ? x : 0),
        Activation.of(OneNode.of("LeakyRelu").with("alpha", 0.5), x -> x > 0 ? x : x / 2),
        Activation.of(OneNode.of("PRelu", Tensor.scalar(0.5f)), x -> x > 0 ? x : x / 2),
        Activation.of(OneNode.of("Elu"), x -> x > 0 ? x : Math.expm1(x)),
        Activation.of(OneNode.of("Celu"), x -> x > 0 ? x : Math.expm1(x)),
        Activation.of(
            OneNode.of("Selu").with("alpha", 1.5, "gamma", 1.25),
            x -> x > 0 ? 1.25 * x : 1.875 * Math.expm1(x)),
        Activation.of(OneNode.of("Softplus"), x -> Math.log1p(Math.exp(x))),
        Activation.of(OneNode.of("HardSwish"), x -> x * Math.min(Math.max(x / 6 + 0.5, 0), 1)),
        Activation.of(OneNode.of("Mish"), x -> x * Math.tanh(Math.log1p(Math.exp(x)))),
        Activation.of(OneNode.of("Gelu").with("approximate", "tanh"), x -> gelu(x)),
        Activation.of(contributed("FastGelu"), x -> gelu(x)),
        Activation.of(contributed("QuickGelu"), x -> x / (1 + Math.exp(-1.702 * x))));
  }

  private static OneNode contributed(String name) {
    return new OneNode(new OperatorType("com.microsoft", name), Attributes.none(), List.of());
  }

  private static double gelu(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  @ParameterizedTest
  @MethodSource("rectifiers")
  void guidedPassesPositiveGradientsThroughActiveUnits(Activation activation) {
    for (double upstream : new double[] {1.5, -1.5}) {
      double[] found = modified(GUIDED, activation.node(), upstream);
      for (int i = 0; i < POINTS.length; i++) {
        boolean passes = upstream > 0 && POINTS[i] > 0;
        double expected = passes ? upstream * activation.derivative(POINTS[i]) : 0;
        assertThat(found[i])
            .as("at %s for %s", POINTS[i], upstream)
            .isCloseTo(expected, within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rectifiers")
  void rectifiedPassesPositiveGradientsWhateverTheInput(Activation activation) {
    assertThat(modified(RECTIFIED, activation.node(), 1.5)).containsOnly(1.5);
    assertThat(modified(RECTIFIED, activation.node(), -1.5)).containsOnly(0);
  }

  @Test
  void otherActivationsKeepTheirRules() {
    for (OneNode node :
        List.of(
            OneNode.of("Sigmoid"),
            OneNode.of("Tanh"),
            OneNode.of("Clip", Tensor.scalar(-1f), Tensor.scalar(1f)))) {
      double[] plain = modified(StandardRules.rules(), node, -1.5);
      assertThat(modified(GUIDED, node, -1.5)).containsExactly(plain);
      assertThat(modified(RECTIFIED, node, -1.5)).containsExactly(plain);
    }
  }

  @Test
  void productsThatAreNoActivationsKeepTheirRules() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(1, 1, 4));
    Value gate = builder.sigmoid(builder.negate(x));
    Graph graph = builder.build(List.of(builder.multiply(x, gate).name()));
    Tensor input = Tensor.of(new float[] {-2, -0.5f, 0.5f, 2}, 1, 1, 4);
    double[] plain = StoredNetwork.gradient(graph, StandardRules.rules(), 0, input).toDoubles();
    for (GradientRules rules : List.of(GUIDED, RECTIFIED)) {
      assertThat(StoredNetwork.gradient(graph, rules, 0, input).toDoubles()).containsExactly(plain);
    }
  }

  @Test
  void slopesKeepTheirRule() {
    double[] upstream = {1.5, -1.5, 1.5};
    List<double[]> inputs = List.of(new double[] {-2, -2, 2}, new double[] {0.5, 0.5, 0.5});
    List<double[]> rectified =
        OneNode.of("PRelu").gradients(RECTIFIED, ElementType.FLOAT32, upstream, inputs);
    assertThat(rectified.get(0)).containsExactly(1.5, 0, 1.5);
    assertThat(rectified.get(1)).containsExactly(new double[] {-3, 0, 0}, within(0.0));
  }

  @Test
  void oneOfOnesOwnIsALambda() {
    BackpropModifier half =
        rules ->
            rules.with(
                "Relu", backward -> backward.give(0, backward.multiply(backward.gradient(), 0.5)));
    GradientRules rules = half.modify(StandardRules.rules());
    assertThat(modified(rules, OneNode.of("Relu"), -3)).containsOnly(-1.5);
    assertThat(modified(rules, OneNode.of("Softsign"), -3))
        .containsExactly(modified(StandardRules.rules(), OneNode.of("Softsign"), -3));
  }

  @Test
  void oneOfOnesOwnMayScaleWhatTheOriginalRuleGives() {
    BackpropModifier before =
        rules ->
            rules.with(
                "Elu",
                backward ->
                    rules
                        .rule(backward.node())
                        .apply(backward.withGradient(backward.multiply(backward.gradient(), 0.5))));
    BackpropModifier after =
        rules ->
            rules.with(
                "Elu",
                backward ->
                    rules
                        .rule(backward.node())
                        .apply(backward.withResult(result -> backward.multiply(result, 0.5))));
    double[] original = modified(StandardRules.rules(), OneNode.of("Elu"), 3);
    double[] halves = Arrays.stream(original).map(each -> each / 2).toArray();
    for (BackpropModifier modifier : List.of(before, after)) {
      GradientRules rules = modifier.modify(StandardRules.rules());
      assertThat(modified(rules, OneNode.of("Elu"), 3)).containsExactly(halves, within(1e-7));
    }
  }

  @Test
  void theLaterOfTwoModifiersSeesTheRulesOfTheEarlier() {
    BackpropModifier negated =
        rules ->
            rules.with(
                "Relu",
                backward ->
                    rules
                        .rule(backward.node())
                        .apply(backward.withResult(result -> backward.negate(result))));
    GradientRules rules = negated.modify(BackpropModifier.RECTIFIED.modify(StandardRules.rules()));
    assertThat(modified(rules, OneNode.of("Relu"), 1.5)).containsOnly(-1.5);
    assertThat(modified(rules, OneNode.of("Relu"), -1.5)).containsOnly(-0.0);
  }

  @Test
  void modifiersHaveNamesAndThoseOfKerasVis() {
    assertThat(BackpropModifier.named("none")).isSameAs(BackpropModifier.NONE);
    assertThat(BackpropModifier.named("Guided")).isSameAs(BackpropModifier.GUIDED);
    for (String name : List.of("rectified", "deconv", "relu")) {
      assertThat(BackpropModifier.named(name)).isSameAs(BackpropModifier.RECTIFIED);
    }
    for (BackpropModifier.Named each : BackpropModifier.Named.values()) {
      assertThat(BackpropModifier.named(each.toString())).isSameAs(each);
    }
    assertThatThrownBy(() -> BackpropModifier.named("guidd"))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(
            "No backprop modifier is called \"guidd\"; expected one of none, guided, rectified"
                + " (deconv and relu are rectified)");
    assertThat(BackpropModifier.NONE.modify(StandardRules.rules())).isSameAs(StandardRules.rules());
  }

  private static double[] modified(GradientRules rules, OneNode node, double upstream) {
    double[] gradient = new double[POINTS.length];
    Arrays.fill(gradient, upstream);
    return node.gradients(rules, ElementType.FLOAT32, gradient, List.of(POINTS)).get(0);
  }
}
