package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Gradient of Resize. Resizing is linear and works along one axis after the other: along each it
 * multiplies by a matrix of interpolation weights, and the gradient by its transpose. The matrix is
 * what the same Resize makes of the identity matrix, so every mode is covered by its own
 * definition.
 */
final class Resizing {
  /** Elements of an interpolation matrix above which a Resize is refused. */
  private static final long LARGEST_MATRIX = 1 << 26;

  private Resizing() {}

  static List<GradientEntry> entries() {
    return List.of(GradientEntry.of("Resize", Resizing::resize, ResizingForms.cases()));
  }

  private static void resize(Backward backward) {
    Value input = backward.input(0);
    long[] sizes = backward.sizes(input);
    long[] resized = backward.sizes(backward.output());
    Value gradient = backward.gradient();
    if (repeatsElements(backward, sizes, resized)) {
      backward.give(0, blockSums(backward, gradient, sizes));
      return;
    }
    for (int axis = 0; axis < sizes.length; axis++) {
      if (isCropped(backward, axis) || scale(backward, axis) != 1 || resized[axis] != sizes[axis]) {
        gradient = alongAxis(backward, gradient, axis, sizes[axis]);
      }
    }
    backward.give(0, gradient);
  }

  private static String transformation(Backward backward) {
    return backward.attributes().text("coordinate_transformation_mode", "half_pixel");
  }

  private static boolean isCropping(Backward backward) {
    return transformation(backward).equals("tf_crop_and_resize");
  }

  /** Whether a part of an axis is read, or more than it has. */
  private static boolean isCropped(Backward backward, int axis) {
    if (!isCropping(backward) || entry(backward, axis) < 0) {
      return false;
    }
    float[] bounds = bounds(backward, axis);
    return bounds[0] != 0 || bounds[1] != 1;
  }

  /** Where along an axis reading starts and ends, 0 and 1 being its first and last element. */
  private static float[] bounds(Backward backward, int axis) {
    int entry = entry(backward, axis);
    float[] region = backward.constant(1, "roi").toFloats();
    return new float[] {region[entry], region[region.length / 2 + entry]};
  }

  /** Whether a whole number of equal elements takes the place of each, along every axis. */
  private static boolean repeatsElements(Backward backward, long[] sizes, long[] resized) {
    Attributes attributes = backward.attributes();
    if (!attributes.text("mode", "nearest").equals("nearest")) {
      return false;
    }
    String rounding = attributes.text("nearest_mode", "round_prefer_floor");
    boolean fromStart = transformation(backward).equals("asymmetric") && rounding.equals("floor");
    boolean fromMiddle =
        transformation(backward).equals("half_pixel") && rounding.startsWith("round");
    return (fromStart || fromMiddle)
        && IntStream.range(0, sizes.length)
            .allMatch(
                axis ->
                    resized[axis] % sizes[axis] == 0
                        && (double) scale(backward, axis) * sizes[axis] == resized[axis]);
  }

  private static Value blockSums(Backward backward, Value gradient, long[] sizes) {
    long[] resized = backward.sizes(gradient);
    long[] apart = new long[2 * sizes.length];
    for (int axis = 0; axis < sizes.length; axis++) {
      apart[2 * axis] = sizes[axis];
      apart[2 * axis + 1] = resized[axis] / sizes[axis];
    }
    long[] blocks =
        IntStream.range(0, apart.length)
            .filter(axis -> axis % 2 == 1 && apart[axis] > 1)
            .asLongStream()
            .toArray();
    Value sums = backward.reduceSum(backward.reshape(gradient, apart), true, blocks);
    return backward.reshape(sums, sizes);
  }

  /** Multiplies by the transposed interpolation matrix of one axis. */
  private static Value alongAxis(Backward backward, Value gradient, int axis, long size) {
    long[] sizes = backward.sizes(gradient);
    Value matrix = interpolation(backward, axis, size, sizes[axis]);
    long before = Arrays.stream(sizes, 0, axis).reduce(1, (a, b) -> a * b);
    long after = Arrays.stream(sizes, axis + 1, sizes.length).reduce(1, (a, b) -> a * b);
    Value product =
        after == 1
            ? backward.matrixMultiply(backward.reshape(gradient, before, sizes[axis]), matrix)
            : backward.matrixMultiply(
                backward.transpose(matrix, 1, 0),
                backward.reshape(gradient, before, sizes[axis], after));
    sizes[axis] = size;
    return backward.reshape(product, sizes);
  }

  /** The weights {@code [resized, size]} of an axis: the identity matrix, resized downwards. */
  private static Value interpolation(Backward backward, int axis, long size, long resized) {
    if (Math.multiplyExact(Math.max(size, resized), size) > LARGEST_MATRIX) {
      throw backward.error(
          "a gradient through resizing %d to %d elements is not supported"
              .formatted(size, resized));
    }
    float[] identity = new float[Math.toIntExact(size * size)];
    for (int i = 0; i < size; i++) {
      identity[Math.toIntExact(i * size + i)] = 1;
    }
    // Elements that are put in from outside are constants.
    Attributes attributes =
        backward.attributes().without("axes", "keep_aspect_ratio_policy", "extrapolation_value");
    Tensor unit = Tensor.of(identity, 1, 1, size, size);
    float scale = scale(backward, axis);
    Value interpolated;
    if (isStretched(backward) || isCropping(backward)) {
      interpolated =
          backward.apply(
              "Resize",
              attributes,
              backward.constant(unit),
              region(backward, axis),
              Value.ABSENT,
              backward.integers(1, 1, resized, size));
    } else if ((long) Math.floor((double) scale * size) == resized) {
      Tensor scales = Tensor.of(new float[] {1, 1, scale, 1}, 4);
      interpolated =
          backward.apply(
              "Resize",
              attributes,
              backward.constant(unit),
              Value.ABSENT,
              backward.constant(scales));
    } else {
      interpolated = besideDecisive(backward, attributes, axis, identity);
    }
    Value matrix = backward.reshape(interpolated, resized, size);
    return backward.cast(matrix, backward.gradient().type());
  }

  /**
   * The resized identity matrix where the factor is that of another axis and sizes are rounded to
   * the nearest, which no factor given by itself does: each of its rows is repeated along an axis
   * with that factor, and of the copies one is taken.
   *
   * @return {@code [resized, size]}
   */
  private static Value besideDecisive(
      Backward backward, Attributes attributes, int axis, float[] identity) {
    long[] wanted = backward.constant(3, "sizes").toLongs();
    int decisive = decisiveAxis(backward, wanted);
    long length = backward.sizes(backward.input(0))[decisive];
    long target = wanted[entry(backward, decisive)];
    long divisor = greatestCommonDivisor(length, target);
    long copies = length / divisor;
    long size = backward.sizes(backward.input(0))[axis];
    if (Math.multiplyExact(Math.multiplyExact(size, size), copies) > LARGEST_MATRIX) {
      throw backward.error(
          "a gradient through resizing %d elements beside %d to %d is not supported"
              .formatted(size, length, target));
    }
    Value unit = backward.constant(Tensor.of(identity, 1, size, size, 1));
    Value resized =
        backward.apply(
            "Resize",
            attributes
                .with("axes", new long[] {2, 3})
                .with("keep_aspect_ratio_policy", policy(backward)),
            backward.expand(unit, 1, size, size, copies),
            Value.ABSENT,
            Value.ABSENT,
            backward.integers(wanted[entry(backward, axis)], target / divisor));
    Value one = backward.slice(resized, 3, 0, 1);
    return backward.transpose(backward.reshape(one, size, backward.sizes(one)[2]), 1, 0);
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** The region of the identity matrix that is read: a part of its rows. */
  private static Value region(Backward backward, int axis) {
    if (!isCropping(backward) || entry(backward, axis) < 0) {
      return Value.ABSENT;
    }
    float[] bounds = bounds(backward, axis);
    return backward.constant(Tensor.of(new float[] {0, 0, bounds[0], 0, 1, 1, bounds[1], 1}, 8));
  }

  private static boolean hasScales(Backward backward) {
    return backward.has(2) && backward.sizes(backward.input(2))[0] > 0;
  }

  private static String policy(Backward backward) {
    return backward.attributes().text("keep_aspect_ratio_policy", "stretch");
  }

  /** Whether the factor of each axis follows from its own sizes. */
  private static boolean isStretched(Backward backward) {
    return !hasScales(backward) && policy(backward).equals("stretch");
  }

  /** The factor by which positions along an axis are divided, in the runtime's precision. */
  private static float scale(Backward backward, int axis) {
    int entry = entry(backward, axis);
    if (entry < 0) {
      return 1;
    }
    if (hasScales(backward)) {
      return backward.constant(2, "scales").toFloats()[entry];
    }
    long[] wanted = backward.constant(3, "sizes").toLongs();
    long[] sizes = backward.sizes(backward.input(0));
    if (isStretched(backward)) {
      return (float) wanted[entry] / sizes[axis];
    }
    int decisive = decisiveAxis(backward, wanted);
    return (float) wanted[entry(backward, decisive)] / sizes[decisive];
  }

  /** The axis whose factor all others get, so that none becomes larger, or none smaller. */
  private static int decisiveAxis(Backward backward, long[] wanted) {
    boolean larger = policy(backward).equals("not_smaller");
    long[] sizes = backward.sizes(backward.input(0));
    int decisive = -1;
    float common = 0;
    for (int axis = 0; axis < sizes.length; axis++) {
      if (entry(backward, axis) >= 0) {
        float scale = (float) wanted[entry(backward, axis)] / sizes[axis];
        if (decisive < 0 || (larger ? scale > common : scale < common)) {
          decisive = axis;
          common = scale;
        }
      }
    }
    return decisive;
  }

  /** Where an axis stands among those that are resized; -1 where it does not. */
  private static int entry(Backward backward, int axis) {
    int rank = backward.input(0).rank();
    long[] axes =
        backward
            .attributes()
            .integers("axes")
            .orElse(IntStream.range(0, rank).asLongStream().toArray());
    for (int i = 0; i < axes.length; i++) {
      if (Math.floorMod(axes[i], rank) == axis) {
        return i;
      }
    }
    return -1;
  }
}
