package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Operators that interpolate between elements: Resize and sampling along a grid. */
final class Sampling {
  private Sampling() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("Resize", 19, Sampling::resize),
        new OperatorSpec("GridSample", 20, Sampling::gridSample),
        new OperatorSpec("AffineGrid", 20, Sampling::affineGrid));
  }

  private static void resize(Inference node) {
    Shape shape = node.shape(0);
    if (shape.isRankKnown()) {
      shape = resized(node, shape);
    }
    node.output(0, node.type(0), shape);
  }

  private static Shape resized(Inference node, Shape shape) {
    long[] all = LongStream.range(0, shape.rank()).toArray();
    int[] axes = Axes.normalize(node, node.attributes().integers("axes").orElse(all), shape.rank());
    Optional<Tensor> sizes = node.constant(3);
    Optional<Tensor> scales = node.constant(2);
    // Files leave an empty tensor where an input is not used.
    boolean bySizes = node.has(3) && sizes.map(given -> given.elements() > 0).orElse(true);
    Optional<Tensor> used = bySizes ? sizes : scales;
    if (used.isEmpty()) {
      Shape changed = shape;
      for (int axis : axes) {
        changed = changed.with(axis, Dimension.unknown());
      }
      return changed;
    }
    if (used.get().elements() != axes.length) {
      throw node.error(
          "%s should have an entry for each of %d axes, found a tensor %s"
              .formatted(bySizes ? "sizes" : "scales", axes.length, used.get()));
    }
    return bySizes
        ? toSizes(node, shape, axes, used.get().toLongs())
        : scaled(node, shape, axes, used.get().toFloats());
  }

  private static Shape scaled(Inference node, Shape shape, int[] axes, float[] scales) {
    boolean crops =
        node.attributes()
            .text("coordinate_transformation_mode", "half_pixel")
            .equals("tf_crop_and_resize");
    Optional<float[]> region = node.constant(1).map(Tensor::toFloats);
    Shape result = shape;
    for (int i = 0; i < axes.length; i++) {
      Dimension size = shape.dimension(axes[i]);
      if (!(scales[i] > 0)) {
        throw node.error("scales should be positive, found " + Arrays.toString(scales));
      }
      if (crops) {
        boolean known = region.isPresent() && region.get().length == 2 * axes.length;
        float part = known ? region.get()[axes.length + i] - region.get()[i] : Float.NaN;
        size = known ? scaled(size, scales[i] * part) : Dimension.unknown();
      } else {
        size = scaled(size, scales[i]);
      }
      result = result.with(axes[i], size);
    }
    return result;
  }

  /** The product is rounded to float32 before it is cut, as ONNX Runtime does. */
  private static Dimension scaled(Dimension size, float scale) {
    if (!size.isKnown()) {
      return scale == 1 ? size : Dimension.unknown();
    }
    float scaled = size.size() * scale;
    if (!(scaled < Long.MAX_VALUE)) {
      throw new ArithmeticException("A size of " + scaled);
    }
    return Dimension.of(Math.max(0, (long) scaled));
  }

  private static Shape toSizes(Inference node, Shape shape, int[] axes, long[] sizes) {
    String policy = node.attributes().text("keep_aspect_ratio_policy", "stretch");
    long[] kept = sizes;
    switch (policy) {
      case "stretch" -> {}
      case "not_larger", "not_smaller" -> {
        float scale = commonScale(shape, axes, sizes, policy.equals("not_larger"));
        kept = new long[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
          float size = Math.max(0, shape.size(axes[i]));
          // Unknown sizes give no scale, and one that is not a number.
          kept[i] = Float.isNaN(scale) ? -1 : (long) Math.floor(scale * size + 0.5f);
        }
      }
      default ->
          throw node.error(
              "keep_aspect_ratio_policy should be stretch, not_larger or not_smaller, found \""
                  + policy
                  + '"');
    }
    Shape result = shape;
    for (int i = 0; i < axes.length; i++) {
      if (sizes[i] < 0) {
        throw node.error("sizes must not be negative, found " + Axes.text(sizes));
      }
      result = result.with(axes[i], Dimension.of(kept[i]));
    }
    return result;
  }

  private static float commonScale(Shape shape, int[] axes, long[] sizes, boolean smallest) {
    float common = smallest ? Float.POSITIVE_INFINITY : 0;
    for (int i = 0; i < axes.length; i++) {
      long size = shape.size(axes[i]);
      if (size <= 0) {
        return Float.NaN;
      }
      float scale = (float) sizes[i] / size;
      common = smallest ? Math.min(common, scale) : Math.max(common, scale);
    }
    return axes.length == 0 ? Float.NaN : common;
  }

  /**
   * Input {@code [N, C, D1, ...]}, grid {@code [N, E1, ..., r]}, output {@code [N, C, E1, ...]}.
   */
  private static void gridSample(Inference node) {
    Shape input = node.shape(0);
    Shape grid = node.shape(1);
    Axes.requireRankFrom(node, "the input", input, 3);
    Axes.requireRankFrom(node, "the grid", grid, 3);
    if (!grid.isRankKnown()) {
      node.output(
          0,
          node.type(0),
          input.isRankKnown()
              ? Shape.ofRank(input.rank()).with(0, input.dimension(0)).with(1, input.dimension(1))
              : input);
      return;
    }
    Axes.requireRank(node, "the input for grid " + grid, input, grid.rank());
    List<Dimension> sizes = new ArrayList<>(grid.dimensions());
    sizes.remove(sizes.size() - 1);
    sizes.add(1, input.isRankKnown() ? input.dimension(1) : Dimension.unknown());
    Dimension coordinates = grid.dimension(-1);
    if (coordinates.isKnown() && coordinates.size() != grid.rank() - 2) {
      throw node.error("the grid %s should have %d coordinates".formatted(grid, grid.rank() - 2));
    }
    if (input.isRankKnown()) {
      sizes.set(0, Axes.unify(node, "batches", input.dimension(0), grid.dimension(0)));
    }
    node.output(0, node.type(0), Shape.of(sizes));
  }

  /** Sizes {@code [N, C, H, W]} give a grid {@code [N, H, W, 2]}; likewise in three dimensions. */
  private static void affineGrid(Inference node) {
    Optional<Tensor> given = node.constant(1);
    if (given.isEmpty()) {
      Shape length = node.shape(1);
      boolean known = length.isStatic() && length.rank() == 1 && length.size(0) <= 5;
      node.output(0, node.type(0), known ? Shape.ofRank((int) length.size(0)) : Shape.unknown());
      return;
    }
    Shape target = Axes.ofSizes(node, given.get().toLongs());
    if (target.rank() != 4 && target.rank() != 5) {
      throw node.error("sizes should be [N, C, H, W] or [N, C, D, H, W], found " + target);
    }
    List<Dimension> sizes = new ArrayList<>(target.dimensions());
    sizes.remove(1);
    sizes.add(Dimension.of(target.rank() - 2));
    node.output(0, node.type(0), Shape.of(sizes));
  }
}
