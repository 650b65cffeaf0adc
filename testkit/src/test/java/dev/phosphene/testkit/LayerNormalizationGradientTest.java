package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.ExpandLayerNormalization;
import dev.phosphene.graph.rewrite.MergeEqual;
import dev.phosphene.graph.rewrite.Rewrite;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A layer normalization and its gradient standardize each row once. */
class LayerNormalizationGradientTest {
  private static final Shape SHAPE = Shape.of(2, 8, 5, 6);

  @ParameterizedTest
  @CsvSource({"-1, true", "-1, false", "2, true", "1, false"})
  void standardizesOnce(int axis, boolean hasBias) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, SHAPE);
    long[] normalized = Arrays.copyOfRange(SHAPE.sizes(), axis < 0 ? axis + 4 : axis, 4);
    Value scale = builder.constant(random(3, normalized));
    Value y =
        builder.apply(
            "LayerNormalization",
            Attributes.of("axis", axis, "epsilon", 1e-3),
            hasBias
                ? new Value[] {x, scale, builder.constant(random(4, normalized))}
                : new Value[] {x, scale});
    Value seed = builder.constant(random(1, SHAPE.sizes()));
    Value gradient =
        Differentiation.vectorJacobianProducts(builder, y, seed, List.of(x), StandardRules.rules())
            .get(0);
    Graph before = builder.build(List.of(y.name(), gradient.name()));
    Graph after = Simplification.GRADIENTS.apply(before, List.of(), StandardOperators.table());
    Graph twice = without(MergeEqual.class, before);
    assertThat(count("LayerNormalization", after)).isZero();
    assertThat(count("Sqrt", after)).isEqualTo(1);
    assertThat(count("Sqrt", twice)).isEqualTo(2);
    assertThat(count("LayerNormalization", without(ExpandLayerNormalization.class, before)))
        .isEqualTo(1);
    Map<String, Tensor> inputs = Map.of("x", random(2, SHAPE.sizes()));
    for (String name : before.outputs()) {
      assertThat(
              StoredNetwork.relativeError(
                  run(after, inputs).get(name), run(before, inputs).get(name)))
          .isLessThan(4e-7);
    }
  }

  private static Graph without(Class<? extends Rewrite> kind, Graph before) {
    return Simplification.GRADIENTS
        .without(kind)
        .apply(before, List.of(), StandardOperators.table());
  }

  private static long count(String operator, Graph graph) {
    return graph.nodes().stream().filter(node -> node.is(operator)).count();
  }

  private static Map<String, Tensor> run(Graph graph, Map<String, Tensor> inputs) {
    try (Session session = Session.compile(graph, SessionSettings.SMALL)) {
      return session.run(inputs);
    }
  }

  private static Tensor random(long seed, long... sizes) {
    return RandomTensor.normal(new Random(seed), 2, sizes);
  }
}
