package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Inverses, distances, crops and slices of ONNX Runtime's own domain. */
final class ContributedArrays {
  private ContributedArrays() {}

  static List<GradientEntry> entries() {
    return List.of(
        new GradientEntry(
            Contributed.type("Inverse"),
            ContributedArrays::invert,
            List.of(
                Contributed.of("Inverse", smallSteps(-2, 2, 3, 3)),
                Contributed.of("Inverse", smallSteps(-2, 2, 2, 2, 2)).named("several"))),
        Contributed.decomposed("CDist", distances()),
        Contributed.decomposed("CropAndResize", crops()),
        Contributed.decomposed("UnfoldTensor", slices()));
  }

  /** {@code -Y^T G Y^T} for Y = X^-1. */
  private static void invert(Backward backward) {
    Value inverse = backward.output();
    int rank = backward.sizes(inverse).length;
    int[] order = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      order[axis] = axis;
    }
    order[rank - 1] = rank - 2;
    order[rank - 2] = rank - 1;
    Value turned = backward.transpose(inverse, order);
    Value product = backward.matrixMultiply(turned, backward.gradient());
    backward.give(0, backward.negate(backward.matrixMultiply(product, turned)));
  }

  private static List<GradientCase> distances() {
    Input a = smallSteps(-2, 2, 3, 4);
    Input b = smallSteps(-2, 2, 2, 4);
    return List.of(
        Contributed.of("CDist", a, b).with("metric", "sqeuclidean"),
        Contributed.of("CDist", a, b).with("metric", "euclidean"),
        Contributed.of("CDist", a, b).named("metric by default"));
  }

  private static List<GradientCase> crops() {
    List<GradientCase> cases = new ArrayList<>();
    Input images = random(2, 2, 4, 5);
    Input boxes =
        fixed(
            Tensor.of(
                new float[] {0.1f, 0.2f, 0.83f, 0.9f, -0.2f, 0.31f, 0.57f, 1.3f, 0, 0, 1, 1},
                3,
                4));
    Input owners = fixed(Tensor.converted(ElementType.INT32, new long[] {0, 1, 1}, 3));
    for (String mode : List.of("bilinear", "nearest")) {
      for (long[] size : new long[][] {{3, 4}, {1, 2}}) {
        Input crop = fixed(Tensor.converted(ElementType.INT32, size, 2));
        cases.add(
            Contributed.of("CropAndResize", images, boxes, owners, crop)
                .with("mode", mode, "extrapolation_value", 0.5)
                .named("%s, %d x %d".formatted(mode, size[0], size[1])));
      }
    }
    Input moving = smallSteps(0.3, 0.7, 3, 4);
    Input crop = fixed(Tensor.converted(ElementType.INT32, new long[] {2, 2}, 2));
    cases.add(
        Contributed.of("CropAndResize", images, moving, owners, crop).named("at the boxes, too"));
    return cases;
  }

  private static List<GradientCase> slices() {
    Input x = random(2, 5, 3);
    return List.of(
        Contributed.of("UnfoldTensor", x).with("size", 2),
        Contributed.of("UnfoldTensor", x).with("size", 3, "dim", 1, "step", 2),
        Contributed.of("UnfoldTensor", x).with("size", 1, "dim", -3, "step", 1));
  }
}
