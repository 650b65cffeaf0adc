package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpandPowerTest {
  private static void power(GraphBuilder g, double exponent) {
    Value x = g.input("x", ElementType.FLOAT32, Shape.of(2, 3));
    RewriteAssert.node(g, "y", "Pow", Attributes.none(), x, g.scalarLike(x, exponent));
  }

  @Test
  void square() {
    assertThat(new ExpandPower()).on(g -> power(g, 2)).becomes("y = Mul(x, x)");
  }

  @Test
  void sixth() {
    assertThat(new ExpandPower())
        .on(g -> power(g, 6))
        .becomes(
            """
            y/Mul_1 = Mul(x, x)
            y/Mul_2 = Mul(y/Mul_1, x)
            y = Mul(y/Mul_2, y/Mul_2)""");
  }

  @Test
  void fifth() {
    assertThat(new ExpandPower())
        .on(g -> power(g, 5))
        .becomes(
            """
            y/Mul_1 = Mul(x, x)
            y/Mul_2 = Mul(y/Mul_1, x)
            y = Mul(y/Mul_1, y/Mul_2)""");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -2, 0.5, 2.5, 17})
  void othersStay(double exponent) {
    assertThat(new ExpandPower()).on(g -> power(g, exponent)).staysAsItIs();
  }
}
