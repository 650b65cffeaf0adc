package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import org.junit.jupiter.api.Test;

class JoinPadsTest {
  private static Value input(GraphBuilder g, String name, long... sizes) {
    return g.input(name, ElementType.FLOAT32, Shape.of(sizes));
  }

  private static void sum(GraphBuilder g, Value a, Value b) {
    RewriteAssert.node(g, "y", "Add", Attributes.none(), a, b);
  }

  @Test
  void threePartsInAnyOrder() {
    assertThat(new JoinPads())
        .on(
            g -> {
              Value last = g.padZeros(input(g, "c", 2, 1), 0, 4, 0, 0);
              Value first = g.padZeros(input(g, "a", 2, 3), 0, 0, 0, 2);
              Value middle = g.padZeros(input(g, "b", 2, 1), 0, 3, 0, 1);
              sum(g, g.add(last, first), middle);
            })
        .becomes("y = Concat(a, b, c) {axis=1}");
  }

  @Test
  void partsThatOverlapStay() {
    assertThat(new JoinPads())
        .on(
            g ->
                sum(
                    g,
                    g.padZeros(input(g, "a", 2, 3), 0, 0, 0, 1),
                    g.padZeros(input(g, "b", 2, 2), 0, 2, 0, 0)))
        .staysAsItIs();
  }

  @Test
  void aPlaceThatNoPartFillsStays() {
    assertThat(new JoinPads())
        .on(
            g ->
                sum(
                    g,
                    g.padZeros(input(g, "a", 2, 1), 0, 0, 0, 3),
                    g.padZeros(input(g, "b", 2, 2), 0, 2, 0, 0)))
        .staysAsItIs();
  }

  @Test
  void aSumWithAnotherValueStays() {
    assertThat(new JoinPads())
        .on(g -> sum(g, g.padZeros(input(g, "a", 2, 3), 0, 0, 0, 1), input(g, "b", 2, 4)))
        .staysAsItIs();
  }
}
