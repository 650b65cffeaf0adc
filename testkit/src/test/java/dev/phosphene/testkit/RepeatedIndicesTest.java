package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
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
import org.junit.jupiter.api.RepeatedTest;

/**
 * Many reads of few elements, on all processors: every one must arrive in the gradient. Threads
 * that add to the same element at the same time would lose some, differently at each run.
 */
class RepeatedIndicesTest {
  private static final int ELEMENTS = 64;
  private static final int READS = 256_000;

  @RepeatedTest(5)
  void everyReadIsCounted() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value data = builder.input("data", ElementType.FLOAT32, Shape.of(ELEMENTS, 3));
    Value indices = builder.input("indices", ElementType.INT64, Shape.of(READS));
    Value read = builder.apply("Gather", data, indices);
    String gradient =
        Differentiation.gradients(builder, read, List.of(data), StandardRules.rules())
            .get(0)
            .name();
    long[] each = new long[READS];
    for (int i = 0; i < READS; i++) {
      each[i] = i % ELEMENTS;
    }
    try (Session session =
        Session.compile(
            builder.build(List.of(gradient)).reaching(List.of(gradient)),
            SessionSettings.DEFAULT)) {
      Tensor counted = session.run(Map.of("indices", Tensor.vector(each))).get(gradient);
      assertThat(counted.toFloats()).containsOnly((float) READS / ELEMENTS);
    }
  }
}
