package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import org.junit.jupiter.api.Test;

class MergeEqualTest {
  private static Value input(GraphBuilder g) {
    return g.input("x", ElementType.FLOAT32, Shape.of(2, 3));
  }

  private static void sum(GraphBuilder g, Value a, Value b) {
    RewriteAssert.node(g, "y", "Add", Attributes.none(), a, b);
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
        .staysAsItIs();
  }

  @Test
  void randomNumbersStay() {
    assertThat(new MergeEqual())
        .on(
            g -> {
              Value x = input(g);
              sum(g, g.apply("RandomNormalLike", x), g.apply("RandomNormalLike", x));
            })
        .staysAsItIs();
  }
}
