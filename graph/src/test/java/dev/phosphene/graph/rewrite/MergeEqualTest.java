package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergeEqualTest {
  private static Value input(GraphBuilder g) {
    return g.input("x", ElementType.FLOAT32, Shape.of(2, 3));
  }

  private static void sum(GraphBuilder g, Value a, Value b) {
    g.add(
        new Node(
            "y",
            OperatorType.of("Add"),
            List.of(a.name(), b.name()),
            List.of("y"),
            Attributes.none(),
            Map.of()));
  }

  @Test
  void sameConstants() {
    assertThat(new MergeEqual())
        .on(
            g -> {
              Value x = input(g);
              sum(g, g.reduceMean(x, true, 1), g.reduceMean(x, true, 1));
            })
        .becomes(
            """
            ReduceMean_1 = ReduceMean(x, constant_1) {keepdims=1}
            y = Add(ReduceMean_1, ReduceMean_1)""");
  }

  @Test
  void oneBehindTheOther() {
    assertThat(new MergeEqual())
        .on(
            g -> {
              Value x = input(g);
              sum(g, g.exponential(g.square(x)), g.exponential(g.square(x)));
            })
        .becomes(
            """
            Mul_1 = Mul(x, x)
            Exp_1 = Exp(Mul_1)
            y = Add(Exp_1, Exp_1)""");
  }

  @Test
  void otherAttributesAndConstantsStay() {
    assertThat(new MergeEqual())
        .on(
            g -> {
              Value x = input(g);
              sum(g, g.reduceMean(x, true, 1), g.reduceMean(x, true, 0));
            })
        .becomes(
            """
            ReduceMean_1 = ReduceMean(x, constant_1) {keepdims=1}
            ReduceMean_2 = ReduceMean(x, constant_2) {keepdims=1}
            y = Add(ReduceMean_1, ReduceMean_2)""");
  }

  @Test
  void randomNumbersStay() {
    assertThat(new MergeEqual())
        .on(
            g -> {
              Value x = input(g);
              sum(g, g.apply("RandomNormalLike", x), g.apply("RandomNormalLike", x));
            })
        .becomes(
            """
            RandomNormalLike_1 = RandomNormalLike(x)
            RandomNormalLike_2 = RandomNormalLike(x)
            y = Add(RandomNormalLike_1, RandomNormalLike_2)""");
  }
}
