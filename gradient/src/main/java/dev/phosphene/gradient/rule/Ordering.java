package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.distinct;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of operators that choose or reorder by position or rank. */
final class Ordering {
  private Ordering() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "TopK",
            Ordering::largest,
            GradientCase.of("TopK", distinct(3, 5), integers(2)).outputs(2, 0),
            GradientCase.of("TopK", distinct(4, 2, 3), integers(3))
                .with("axis", 0, "largest", 0)
                .outputs(2, 0),
            GradientCase.of("TopK", distinct(2, 4), integers(3))
                .with("axis", 1, "sorted", 1)
                .outputs(2, 0),
            GradientCase.of("TopK", distinct(2, 5), integers(3)).with("sorted", 0).outputs(2, 0),
            GradientCase.of("TopK", distinct(2, 5), integers(3)).with("largest", 0).outputs(2, 0),
            GradientCase.of("TopK", distinct(4, 3), integers(2))
                .with("axis", 0, "sorted", 0, "largest", 0)
                .outputs(2, 0)),
        GradientEntry.of("Trilu", Ordering::triangle, triangles()),
        GradientEntry.of(
            "ReverseSequence",
            Ordering::reverseBack,
            GradientCase.of("ReverseSequence", random(4, 3), integers(2, 4, 1)),
            GradientCase.of("ReverseSequence", random(3, 4, 2), integers(2, 4, 1))
                .with("batch_axis", 0, "time_axis", 1),
            GradientCase.of("ReverseSequence", random(4, 3, 2), integers(2, 4, 1))
                .with("batch_axis", 1, "time_axis", 0)));
  }

  private static List<GradientCase> triangles() {
    List<GradientCase> cases = new ArrayList<>();
    cases.add(GradientCase.of("Trilu", random(2, 3, 4)).named("upper by default"));
    cases.add(
        GradientCase.of("Trilu", random(3, 4), fixed(Tensor.scalar(1L)))
            .named("upper by default, diagonal 1"));
    for (int upper = 0; upper <= 1; upper++) {
      String side = upper == 1 ? "upper" : "lower";
      cases.add(GradientCase.of("Trilu", random(2, 3, 4)).with("upper", upper).named(side));
      for (long diagonal : new long[] {1, -1}) {
        cases.add(
            GradientCase.of("Trilu", random(3, 4), fixed(Tensor.scalar(diagonal)))
                .with("upper", upper)
                .named(side + ", diagonal " + diagonal));
      }
    }
    return cases;
  }

  /** The gradient of the values goes to where they were; the indices have none. */
  private static void largest(Backward backward) {
    Value x = backward.input(0);
    Attributes axis = Attributes.of("axis", backward.attributes().integer("axis", -1));
    backward.give(
        0,
        backward.apply(
            "ScatterElements",
            axis,
            backward.zerosLike(x),
            indices(backward),
            backward.gradient()));
  }

  private static Value indices(Backward backward) {
    Node node = backward.node();
    return node.output(1).isEmpty()
        ? backward
            .apply(
                node.type(),
                2,
                backward.attributes(),
                List.of(backward.input(0), backward.input(1)))
            .get(1)
        : backward.output(1);
  }

  private static void triangle(Backward backward) {
    Value gradient = backward.gradient();
    backward.give(
        0,
        backward.has(1)
            ? backward.apply("Trilu", backward.attributes(), gradient, backward.input(1))
            : backward.apply("Trilu", backward.attributes(), gradient));
  }

  /** Reversing twice gives the original order. */
  private static void reverseBack(Backward backward) {
    backward.give(
        0,
        backward.apply(
            "ReverseSequence", backward.attributes(), backward.gradient(), backward.input(1)));
  }
}
