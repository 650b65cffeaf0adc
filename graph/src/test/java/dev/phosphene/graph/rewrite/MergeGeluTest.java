package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import org.junit.jupiter.api.Test;

class MergeGeluTest {
  private static Value input(GraphBuilder g) {
    return g.input("x", ElementType.FLOAT32, Shape.of(2, 3));
  }

  private static void product(GraphBuilder g, Value a, Value b) {
    RewriteAssert.node(g, "y", "Mul", Attributes.none(), a, b);
  }

  private static Value gate(GraphBuilder g, Value argument) {
    return g.add(g.apply("Erf", argument), 1);
  }

  @Test
  void halvedInTheEnd() {
    assertThat(new MergeGelu())
        .on(
            g -> {
              Value x = input(g);
              Value gated = g.multiply(x, gate(g, g.divide(x, g.scalarLike(x, Math.sqrt(2)))));
              product(g, gated, g.scalarLike(x, 0.5));
            })
        .becomes("y = Gelu(x)");
  }

  @Test
  void halvedFirst() {
    assertThat(new MergeGelu())
        .on(
            g -> {
              Value x = input(g);
              product(g, gate(g, g.multiply(x, Math.sqrt(0.5))), g.multiply(x, 0.5));
            })
        .becomes("y = Gelu(x)");
  }

  @Test
  void withAnotherSlopeItStays() {
    assertThat(new MergeGelu())
        .on(
            g -> {
              Value x = input(g);
              product(g, gate(g, g.multiply(x, 0.7)), g.multiply(x, 0.5));
            })
        .becomes(
            """
            Mul_1 = Mul(x, constant_1)
            Erf_1 = Erf(Mul_1)
            Add_1 = Add(Erf_1, constant_2)
            Mul_2 = Mul(x, constant_3)
            y = Mul(Add_1, Mul_2)
            """);
  }

  @Test
  void whatSomeoneAskedForStays() {
    assertThat(new MergeGelu())
        .asking("Erf_1")
        .on(
            g -> {
              Value x = input(g);
              product(g, gate(g, g.multiply(x, Math.sqrt(0.5))), g.multiply(x, 0.5));
            })
        .becomes(
            """
            Mul_1 = Mul(x, constant_1)
            Erf_1 = Erf(Mul_1)
            y = Gelu(x)
            """);
  }
}
