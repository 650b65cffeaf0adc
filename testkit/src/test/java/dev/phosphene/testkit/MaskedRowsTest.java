package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
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
import org.junit.jupiter.api.Test;

/**
 * Attention as exporters write it out where masks may hide all keys from a query: such rows of the
 * softmax are not numbers, and zeros take their place. Their gradient is zero, as in PyTorch, and
 * that of the other rows is not touched.
 */
class MaskedRowsTest {
  private static final float HIDDEN = Float.NEGATIVE_INFINITY;

  @Test
  void hiddenRowsHaveNoGradient() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value scores = builder.input("scores", ElementType.FLOAT32, Shape.of(2, 2));
    Tensor mask = Tensor.of(new float[] {0, 0, HIDDEN, HIDDEN}, 2, 2);
    Value masked = builder.add(scores, builder.constant(mask));
    Value shares = builder.apply("Softmax", Attributes.of("axis", -1), masked);
    Value isHidden = builder.constant(Tensor.converted(ElementType.BOOL, new long[] {0, 1}, 2, 1));
    Value safe = builder.where(isHidden, builder.scalarLike(shares, 0), shares);
    Value upstream = builder.constant(Tensor.of(new float[] {1, 0, 1, 0}, 2, 2));
    Value gradient =
        Differentiation.vectorJacobianProducts(
                builder, safe, upstream, List.of(scores), StandardRules.rules())
            .get(0);
    String name = builder.apply("Identity", gradient).name();
    try (Session session =
        Session.compile(
            builder.build(List.of(name)).reaching(List.of(name)), SessionSettings.SMALL)) {
      Tensor zeros = Tensor.of(new float[4], 2, 2);
      assertThat(session.run(Map.of("scores", zeros)).get(name).toFloats())
          .containsExactly(0.25f, -0.25f, 0, 0);
    }
  }
}
