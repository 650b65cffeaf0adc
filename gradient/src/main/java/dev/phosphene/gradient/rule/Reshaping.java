package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import java.util.List;

/** Gradients of operators that give the same elements in another shape or order of axes. */
final class Reshaping {
  private Reshaping() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "Reshape",
            Reshaping::reshapeBack,
            GradientCase.of("Reshape", random(2, 3, 4), integers(4, 6)),
            GradientCase.of("Reshape", random(2, 3, 4), integers(0, -1)).named("copied, inferred"),
            GradientCase.of("Reshape", random(2, 3, 4), integers(24)).named("flat"),
            GradientCase.of("Reshape", random(2, 3, 4), integers(4, -1)).with("allowzero", 1),
            GradientCase.of("Reshape", random(1, 1), integers()).named("to a scalar")),
        GradientEntry.of(
            "Flatten",
            Reshaping::reshapeBack,
            GradientCase.of("Flatten", random(2, 3, 4))
                .withEach(
                    List.of(
                        Attributes.none(),
                        Attributes.of("axis", 0),
                        Attributes.of("axis", 2),
                        Attributes.of("axis", -1)))),
        GradientEntry.of(
            "Squeeze",
            Reshaping::reshapeBack,
            GradientCase.of("Squeeze", random(1, 3, 1, 2)).named("all axes"),
            GradientCase.of("Squeeze", random(1, 3, 1, 2), integers(0)).named("axis 0"),
            GradientCase.of("Squeeze", random(1, 3, 1, 2), integers(-2, 0)).named("axes -2, 0")),
        GradientEntry.of(
            "Unsqueeze",
            Reshaping::reshapeBack,
            GradientCase.of("Unsqueeze", random(3, 2), integers(1)).named("axis 1"),
            GradientCase.of("Unsqueeze", random(3, 2), integers(-1, 0)).named("axes -1, 0"),
            GradientCase.of("Unsqueeze", random(), integers(0)).named("a scalar")),
        GradientEntry.of(
            "Transpose",
            Reshaping::transposeBack,
            GradientCase.of("Transpose", random(2, 3, 4))
                .withEach(
                    List.of(
                        Attributes.none(),
                        Attributes.of("perm", new int[] {1, 2, 0}),
                        Attributes.of("perm", new int[] {0, 2, 1})))));
  }

  private static void reshapeBack(Backward backward) {
    Value x = backward.input(0);
    backward.sizes(x); // must be known
    backward.give(0, backward.reshapeLike(backward.gradient(), x));
  }

  private static void transposeBack(Backward backward) {
    int rank = backward.input(0).rank();
    long[] forward = backward.attributes().integers("perm").orElse(null);
    int[] inverse = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      inverse[forward == null ? rank - 1 - axis : (int) forward[axis]] = axis;
    }
    backward.give(0, backward.transpose(backward.gradient(), inverse));
  }
}
