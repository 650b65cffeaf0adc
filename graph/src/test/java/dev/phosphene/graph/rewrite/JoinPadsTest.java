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

class JoinPadsTest {
  private static Value input(GraphBuilder g, String name, long... sizes) {
    return g.input(name, ElementType.FLOAT32, Shape.of(sizes));
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
        .becomes(
            """
            Pad_1 = Pad(a, constant_1, constant_2)
            Pad_2 = Pad(b, constant_3, constant_2)
            y = Add(Pad_1, Pad_2)""");
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
        .becomes(
            """
            Pad_1 = Pad(a, constant_1, constant_2)
            Pad_2 = Pad(b, constant_3, constant_2)
            y = Add(Pad_1, Pad_2)""");
  }

  @Test
  void aSumWithAnotherValueStays() {
    assertThat(new JoinPads())
        .on(g -> sum(g, g.padZeros(input(g, "a", 2, 3), 0, 0, 0, 1), input(g, "b", 2, 4)))
        .becomes(
            """
            Pad_1 = Pad(a, constant_1, constant_2)
            y = Add(Pad_1, b)""");
  }
}
