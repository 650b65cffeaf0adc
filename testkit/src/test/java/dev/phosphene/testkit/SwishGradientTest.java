package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.MergeSwishGradient;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradient of x Sigmoid(x) in fewer passes is the same gradient. */
class SwishGradientTest {
  private static final Shape SHAPE = Shape.of(2, 8, 5, 5);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void isTheSameInFewerNodes(boolean sigmoidFirst) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, SHAPE);
    Value sigmoid = builder.sigmoid(x);
    Value y = sigmoidFirst ? builder.multiply(sigmoid, x) : builder.multiply(x, sigmoid);
    Value seed = builder.constant(random(1));
    Value gradient =
        Differentiation.vectorJacobianProducts(builder, y, seed, List.of(x), StandardRules.rules())
            .get(0);
    Graph before = builder.build(List.of(y.name(), gradient.name()));
    Graph after = Simplification.GRADIENTS.apply(before, List.of(), StandardOperators.table());
    assertThat(after.nodes()).hasSizeLessThan(before.nodes().size());
    assertThat(
            Simplification.GRADIENTS
                .without(MergeSwishGradient.class)
                .apply(before, List.of(), StandardOperators.table())
                .nodes())
        .hasSameSizeAs(before.nodes());
    Map<String, Tensor> inputs = Map.of("x", random(2));
    assertThat(
            StoredNetwork.relativeError(
                run(after, inputs).get(gradient.name()), run(before, inputs).get(gradient.name())))
        .isLessThan(2e-7);
  }

  /** A value between that someone asks for is still computed, and has its gradient. */
  @Test
  void leavesTheGradientAtTheSigmoid() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, SHAPE);
    Value sigmoid = builder.sigmoid(x);
    Value y = builder.multiply(x, sigmoid);
    List<Value> gradients =
        Differentiation.vectorJacobianProducts(
            builder, y, builder.constant(random(1)), List.of(x, sigmoid), StandardRules.rules());
    List<String> names = gradients.stream().map(Value::name).toList();
    Graph before = builder.build(names);
    Graph after = Simplification.GRADIENTS.apply(before, List.of(), StandardOperators.table());
    Map<String, Tensor> inputs = Map.of("x", random(2));
    for (String name : names) {
      assertThat(
              StoredNetwork.relativeError(
                  run(after, inputs).get(name), run(before, inputs).get(name)))
          .isLessThan(2e-7);
    }
  }

  private static Map<String, Tensor> run(Graph graph, Map<String, Tensor> inputs) {
    try (Session session = Session.compile(graph, SessionSettings.SMALL)) {
      return session.run(inputs);
    }
  }

  private static Tensor random(long seed) {
    return RandomTensor.normal(new Random(seed), 2, SHAPE.sizes());
  }
}
