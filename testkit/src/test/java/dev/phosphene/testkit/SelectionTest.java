package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * The mask of a Relu before a max pooling is applied to what was pooled, where that is the same.
 */
class SelectionTest {
  private static final Attributes WINDOW =
      Attributes.of("kernel_shape", new long[] {3, 3}, "strides", new long[] {2, 2});

  private static Graph gradient(
      BiFunction<GraphBuilder, Value, Value> network, GradientRules rules) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(1, 2, 9, 7));
    Value pooled = network.apply(builder, x);
    Value seed = builder.constant(RandomTensor.normal(new Random(2), 1, pooled.shape().sizes()));
    Value gradient =
        Differentiation.vectorJacobianProducts(builder, pooled, seed, List.of(x), rules).get(0);
    Graph graph = builder.build(List.of(gradient.name()));
    return graph.reaching(graph.outputs());
  }

  private static float[] run(Graph graph) {
    try (Session session = Session.compile(graph, SessionSettings.SMALL)) {
      Tensor x = RandomTensor.normal(new Random(1), 1, 1, 2, 9, 7);
      float[] gradient = session.run(Map.of("x", x)).get(graph.outputs().get(0)).toFloats();
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += 0f; // no zeros with a sign
      }
      return gradient;
    }
  }

  private static boolean masks(Graph graph, long... sizes) {
    return graph.nodes().stream()
        .filter(node -> node.is("HardSigmoid"))
        .filter(node -> graph.producer(node.input(0)).filter(of -> of.is("Sub")).isEmpty())
        .anyMatch(node -> graph.value(node.output(0)).shape().equals(Shape.of(sizes)));
  }

  @Test
  void maskIsAppliedToWhatWasPooled() {
    Graph graph =
        gradient((b, x) -> b.apply("MaxPool", WINDOW, b.apply("Relu", x)), StandardRules.rules());
    assertThat(masks(graph, 1, 2, 4, 3)).isTrue();
    assertThat(masks(graph, 1, 2, 9, 7)).isFalse();
    // A step function of another kind has a rule that knows nothing of selections.
    Graph plain =
        gradient(
            (b, x) ->
                b.apply(
                    "MaxPool", WINDOW, b.apply("ThresholdedRelu", Attributes.of("alpha", 0.0), x)),
            StandardRules.rules());
    assertThat(run(graph)).containsExactly(run(plain));
  }

  @Test
  void gradientThatOthersAddToIsMaskedWhole() {
    Graph graph =
        gradient(
            (b, x) -> {
              Value y = b.apply("Relu", x);
              return b.apply("MaxPool", WINDOW, b.add(y, b.apply("Relu", b.negate(x))));
            },
            StandardRules.rules());
    assertThat(masks(graph, 1, 2, 9, 7)).isTrue();
    Graph absolute =
        gradient((b, x) -> b.apply("MaxPool", WINDOW, b.absolute(x)), StandardRules.rules());
    assertThat(run(graph)).containsExactly(run(absolute));
  }

  @Test
  void rectifiedGradientsAreNotMasked() {
    Graph graph =
        gradient(
            (b, x) -> b.apply("MaxPool", WINDOW, b.apply("Relu", b.add(x, -100))),
            BackpropModifier.RECTIFIED.modify(StandardRules.rules()));
    float[] gradient = run(graph);
    float sum = 0;
    for (float element : gradient) {
      sum += element;
    }
    assertThat(sum).isPositive();
  }
}
