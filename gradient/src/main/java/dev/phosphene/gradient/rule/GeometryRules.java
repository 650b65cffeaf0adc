package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Gradients of affine grids, crops around the centre, and columns put back into images. */
final class GeometryRules {
  private GeometryRules() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("AffineGrid", DecomposedRule.of("AffineGrid"), grids()),
        GradientEntry.of("CenterCropPad", DecomposedRule.of("CenterCropPad"), centres()),
        GradientEntry.of("Col2Im", GeometryRules::columns, images()),
        GradientEntry.of("Compress", DecomposedRule.of("Compress"), choices()),
        GradientEntry.of(
            "Det",
            GeometryRules::determinant,
            GradientCase.of("Det", random(3, 3)),
            GradientCase.of("Det", random(2, 2, 4, 4)).named("stacked"),
            GradientCase.of("Det", random(2, 2, 2)).named("two by two"),
            GradientCase.of("Det", random(2, 1, 1)).named("one by one")));
  }

  private static List<GradientCase> grids() {
    GradientCase plane = GradientCase.of("AffineGrid", random(2, 2, 3), integers(2, 3, 4, 5));
    GradientCase space = GradientCase.of("AffineGrid", random(1, 3, 4), integers(1, 2, 3, 2, 4));
    return List.of(
        plane,
        plane.with("align_corners", 1),
        space.named("three spatial axes"),
        space.with("align_corners", 1).named("three spatial axes, align_corners"));
  }

  private static List<GradientCase> centres() {
    return List.of(
        GradientCase.of("CenterCropPad", random(5, 6), integers(2, 3)).named("crop"),
        GradientCase.of("CenterCropPad", random(3, 2), integers(6, 7)).named("pad"),
        GradientCase.of("CenterCropPad", random(2, 5, 3), integers(2, 6))
            .with("axes", new long[] {-2, 2}));
  }

  private static List<GradientCase> choices() {
    GradientCase.Input condition =
        fixed(Tensor.converted(ElementType.BOOL, new long[] {1, 0, 1}, 3));
    return List.of(
        GradientCase.of("Compress", random(3, 2), condition).with("axis", 0),
        GradientCase.of("Compress", random(2, 3), condition).with("axis", -1),
        GradientCase.of("Compress", random(2, 2), condition).named("of all elements"));
  }

  private static List<GradientCase> images() {
    return List.of(
        GradientCase.of("Col2Im", random(2, 8, 12), integers(4, 5), integers(2, 2)),
        GradientCase.of("Col2Im", random(1, 6, 4), integers(5, 5), integers(2, 3))
            .with("strides", new long[] {2, 2}, "dilations", new long[] {2, 1}),
        GradientCase.of("Col2Im", random(1, 4, 12), integers(4, 5), integers(2, 2))
            .with("pads", new long[] {0, 1, 1, 0}, "strides", new long[] {1, 2}),
        GradientCase.of("Col2Im", random(1, 4, 12), integers(4, 5), integers(2, 2))
            .with("pads", new long[] {0, 1, 1, 0}, "dilations", new long[] {2, 2}),
        GradientCase.of("Col2Im", random(1, 3, 5), integers(7), integers(3))
            .named("one spatial axis"),
        GradientCase.of("Col2Im", random(1, 8, 2), integers(2, 3, 2), integers(2, 2, 2))
            .named("three spatial axes"));
  }

  /** Every element of a column was added to one pixel: the gradient reads it there. */
  private static void columns(Backward backward) {
    long[] image = backward.constant(1, "image_shape").toLongs();
    long[] block = backward.constant(2, "block_shape").toLongs();
    int axes = image.length;
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    long[] strides = backward.attributes().integers("strides").orElse(ones);
    long[] dilations = backward.attributes().integers("dilations").orElse(ones);
    long[] pads = backward.attributes().integers("pads").orElse(new long[2 * axes]);
    long[] sizes = backward.sizes(backward.gradient());
    long[] around = new long[2 * sizes.length];
    long[] padded = new long[axes];
    long[] counts = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      around[2 + axis] = pads[axis];
      around[sizes.length + 2 + axis] = pads[axes + axis];
      padded[axis] = image[axis] + pads[axis] + pads[axes + axis];
      counts[axis] = (padded[axis] - dilations[axis] * (block[axis] - 1) - 1) / strides[axis] + 1;
    }
    int[] within = {0};
    int[] starts = {0};
    for (int axis = 0; axis < axes; axis++) {
      within = further(within, (int) padded[axis], (int) block[axis], (int) dilations[axis]);
      starts = further(starts, (int) padded[axis], (int) counts[axis], (int) strides[axis]);
    }
    long[] indices = new long[Math.multiplyExact(within.length, starts.length)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (long) within[i / starts.length] + starts[i % starts.length];
    }
    Value flat =
        backward.reshape(backward.padZeros(backward.gradient(), around), sizes[0], sizes[1], -1);
    Value read =
        backward.apply(
            "Gather",
            Attributes.of("axis", 2),
            flat,
            backward.constant(Tensor.of(indices, within.length, starts.length)));
    backward.give(0, backward.reshapeLike(read, backward.input(0)));
  }

  /** Flat positions with one more axis: each of them at so many steps along it. */
  private static int[] further(int[] positions, int size, int count, int step) {
    int[] further = new int[Math.multiplyExact(positions.length, count)];
    for (int i = 0; i < further.length; i++) {
      further[i] = positions[i / count] * size + i % count * step;
    }
    return further;
  }

  /** Beyond this, the recursion for the adjugate loses too many digits. */
  private static final long LARGEST_MATRIX = 16;

  /**
   * dx = dy adj(x)^T. The adjugate comes from the Faddeev-LeVerrier recursion: M1 = 1, c = -tr(x
   * Mk) / k, M(k + 1) = x Mk + c; adj(x) = -Mn, or Mn for odd n. Singular matrices are no
   * exception.
   */
  private static void determinant(Backward backward) {
    Value x = backward.input(0);
    long[] sizes = backward.sizes(x);
    int rank = sizes.length;
    long n = sizes[rank - 1];
    if (n > LARGEST_MATRIX) {
      throw backward.error(
          "a gradient of the determinant of more than %d rows is not supported, found %d"
              .formatted(LARGEST_MATRIX, n));
    }
    Value unit = unit(backward, x, (int) n);
    Value m = backward.expand(unit, sizes);
    for (int k = 1; k < n; k++) {
      Value product = backward.matrixMultiply(x, m);
      Value diagonal = backward.multiply(product, unit);
      Value trace = backward.reduceSum(diagonal, true, rank - 2, rank - 1);
      m = backward.subtract(product, backward.multiply(unit, backward.multiply(trace, 1.0 / k)));
    }
    int[] order = new int[rank];
    Arrays.setAll(order, axis -> axis);
    order[rank - 2] = rank - 1;
    order[rank - 1] = rank - 2;
    Value transposed = backward.transpose(m, order);
    Value signed = n % 2 == 1 ? transposed : backward.negate(transposed);
    Value gradient = backward.unsqueeze(backward.gradient(), rank - 2, rank - 1);
    backward.give(0, backward.multiply(signed, gradient));
  }

  private static Value unit(Backward backward, Value like, int n) {
    double[] elements = new double[n * n];
    for (int i = 0; i < n; i++) {
      elements[i * n + i] = 1;
    }
    return backward.constant(Tensor.converted(like.type(), elements, n, n));
  }
}
