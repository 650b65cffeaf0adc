package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
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
    return List.of(GradientEntry.of("Resize", Resizing::resize, cases()));
  }

  private static List<GradientCase> cases() {
    List<GradientCase> cases = new ArrayList<>();
    for (String mode : List.of("nearest", "linear", "cubic")) {
      for (String transformation :
          List.of(
              "half_pixel",
              "half_pixel_symmetric",
              "pytorch_half_pixel",
              "align_corners",
              "asymmetric")) {
        Attributes form =
            Attributes.of("mode", mode, "coordinate_transformation_mode", transformation);
        cases.addAll(scaled(form, 2, 2, 5, 4, 2, 3));
        cases.addAll(scaled(form, 2, 2, 7, 6, 0.6f, 1.5f));
        cases.addAll(sized(form, 5, 4, 3, 9));
      }
    }
    for (String rounding : List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")) {
      Attributes form = Attributes.of("nearest_mode", rounding);
      cases.addAll(scaled(form, 2, 2, 4, 5, 2, 2));
      cases.addAll(sized(form, 4, 5, 7, 3));
      cases.addAll(sized(form.with("coordinate_transformation_mode", "asymmetric"), 4, 6, 8, 3));
    }
    Attributes cubic = Attributes.of("mode", "cubic", "cubic_coeff_a", -0.5);
    cases.addAll(sized(cubic, 4, 5, 7, 3));
    cases.addAll(sized(cubic.with("exclude_outside", 1), 4, 5, 7, 3));
    for (String mode : List.of("linear", "cubic")) {
      cases.addAll(sized(Attributes.of("mode", mode, "antialias", 1), 7, 6, 3, 4));
    }
    cases.add(
        GradientCase.of(
                "Resize", random(1, 2, 4, 5), absent(), fixed(Tensor.of(new float[] {2, 0.6f}, 2)))
            .with("axes", new long[] {2, 3}, "mode", "linear"));
    cases.add(
        GradientCase.of("Resize", random(1, 2, 4, 6), absent(), absent(), integers(8, 9))
            .with(
                "axes",
                new long[] {2, 3},
                "keep_aspect_ratio_policy",
                "not_larger",
                "mode",
                "linear"));
    for (String mode : List.of("nearest", "linear", "cubic")) {
      cases.addAll(cropped(Attributes.of("mode", mode)));
    }
    cases.add(
        GradientCase.of("Resize", random(1, 2, 2, 4), absent(), absent(), integers(1, 6))
            .with("axes", new long[] {2, 3}, "keep_aspect_ratio_policy", "not_smaller"));
    cases.add(
        GradientCase.of("Resize", random(4, 5), absent(), absent(), integers(7, 5))
            .with("mode", "linear"));
    cases.add(
        GradientCase.of("Resize", random(1, 2, 3), absent(), absent(), integers(1, 2, 6))
            .with("mode", "nearest"));
    return cases;
  }

  private static List<GradientCase> scaled(
      Attributes form,
      long images,
      long channels,
      long height,
      long width,
      float down,
      float across) {
    Tensor scales = Tensor.of(new float[] {1, 1, down, across}, 4);
    return GradientCase.of(
            "Resize", random(images, channels, height, width), absent(), fixed(scales))
        .withEach(List.of(form));
  }

  private static List<GradientCase> cropped(Attributes form) {
    Attributes cropping = form.with("coordinate_transformation_mode", "tf_crop_and_resize");
    Tensor inner = Tensor.of(new float[] {0, 0, 0.4f, 0.6f, 1, 1, 0.6f, 0.8f}, 8);
    Tensor beyond = Tensor.of(new float[] {0, 0, -0.3f, 0.2f, 1, 1, 0.7f, 1.2f}, 8);
    Tensor ofAxes = Tensor.of(new float[] {0.4f, 0.1f, 0.9f, 0.8f}, 4);
    List<GradientCase> cases = new ArrayList<>();
    cases.addAll(
        GradientCase.of("Resize", random(1, 2, 5, 4), fixed(inner), absent(), integers(1, 2, 3, 3))
            .withEach(List.of(cropping)));
    cases.addAll(
        GradientCase.of("Resize", random(1, 2, 5, 4), fixed(beyond), absent(), integers(1, 2, 6, 3))
            .withEach(List.of(cropping.with("extrapolation_value", 10f))));
    cases.addAll(
        GradientCase.of("Resize", random(1, 2, 4, 5), fixed(ofAxes), absent(), integers(3, 6))
            .withEach(List.of(cropping.with("axes", new long[] {3, 2}))));
    return cases;
  }

  private static List<GradientCase> sized(
      Attributes form, long height, long width, long newHeight, long newWidth) {
    return GradientCase.of(
            "Resize",
            random(1, 2, height, width),
            absent(),
            absent(),
            integers(1, 2, newHeight, newWidth))
        .withEach(List.of(form));
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
    Value unit = backward.constant(Tensor.of(identity, 1, 1, size, size));
    Tensor scales = Tensor.of(new float[] {1, 1, scale(backward, axis), 1}, 4);
    Value interpolated =
        isStretched(backward) || isCropping(backward)
            ? backward.apply(
                "Resize",
                attributes,
                unit,
                region(backward, axis),
                Value.ABSENT,
                backward.integers(1, 1, resized, size))
            : backward.apply("Resize", attributes, unit, Value.ABSENT, backward.constant(scales));
    long[] found = backward.sizes(interpolated);
    if (found[2] != resized) {
      throw backward.error(
          "a gradient through resizing %d to %d elements by the factor %s is not supported"
              .formatted(size, resized, scale(backward, axis)));
    }
    Value matrix = backward.reshape(interpolated, resized, size);
    return backward.cast(matrix, backward.gradient().type());
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
    boolean larger = policy(backward).equals("not_smaller");
    float common = larger ? 0 : Float.MAX_VALUE;
    for (int other = 0; other < sizes.length; other++) {
      if (entry(backward, other) >= 0) {
        float scale = (float) wanted[entry(backward, other)] / sizes[other];
        common = larger ? Math.max(common, scale) : Math.min(common, scale);
      }
    }
    return common;
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
