package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.shortInteger;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients of operators that repeat elements (Expand, Tile) or add them up as they go (CumSum).
 */
final class Repetition {
  private Repetition() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "Expand",
            backward -> backward.give(0, backward.gradient()),
            GradientCase.of("Expand", random(3, 1), integers(2, 3, 4)),
            GradientCase.of("Expand", random(2, 3), integers(3)).named("nothing to expand"),
            GradientCase.of("Expand", random(), integers(2, 2)).named("scalar")),
        GradientEntry.of(
            "Tile",
            Repetition::addTiles,
            GradientCase.of("Tile", random(2, 3), integers(3, 2)),
            GradientCase.of("Tile", random(2, 1, 3), integers(1, 4, 1)).named("one axis"),
            GradientCase.of("Tile", random(2, 3), integers(1, 1)).named("once")),
        GradientEntry.of("CumSum", Repetition::cumulate, sums()));
  }

  private static List<GradientCase> sums() {
    Attributes exclusive = Attributes.of("exclusive", 1);
    Attributes reverse = Attributes.of("reverse", 1);
    List<GradientCase> cases = new ArrayList<>();
    cases.addAll(
        GradientCase.of("CumSum", random(2, 4), fixed(Tensor.scalar(1L)))
            .withEverySelection(exclusive, reverse));
    cases.addAll(
        GradientCase.of("CumSum", random(2, 4, 2), fixed(Tensor.scalar(-2L)))
            .withEverySelection(exclusive, reverse));
    cases.add(
        GradientCase.of("CumSum", random(2, 4), shortInteger(1))
            .with("exclusive", 0, "reverse", 0)
            .named("axis of int32"));
    return cases;
  }

  private static void addTiles(Backward backward) {
    long[] sizes = backward.sizes(backward.input(0));
    long[] tiled = backward.sizes(backward.output());
    List<Long> apart = new ArrayList<>();
    List<Long> repeated = new ArrayList<>();
    for (int axis = 0; axis < sizes.length; axis++) {
      if (sizes[axis] != tiled[axis]) {
        repeated.add((long) apart.size());
        apart.add(tiled[axis] / sizes[axis]);
      }
      apart.add(sizes[axis]);
    }
    if (repeated.isEmpty()) {
      backward.give(0, backward.gradient());
      return;
    }
    Value tiles = backward.reshape(backward.gradient(), array(apart));
    backward.give(0, backward.reduceSum(tiles, false, array(repeated)));
  }

  private static long[] array(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  /** An element counts in all sums after it, so the gradient sums from the other end. */
  private static void cumulate(Backward backward) {
    boolean reverse = backward.attributes().flag("reverse", false);
    Attributes opposite = backward.attributes().with("reverse", reverse ? 0 : 1);
    backward.give(0, backward.apply("CumSum", opposite, backward.gradient(), backward.input(1)));
  }
}
