package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Slice and Pad: cutting from, and adding to, the ends of axes. */
final class Slicing {
  private Slicing() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec("Slice", 13, Slicing::slice, Rearrangement::slice),
        Folding.spec("Pad", 21, Slicing::pad, Rearrangement::pad),
        new OperatorSpec("CenterCropPad", 18, Slicing::center),
        new OperatorSpec("Trilu", 14, Slicing::triangle));
  }

  /**
   * A slice of one axis, resolved: elements {@code start, start + step, ...}.
   *
   * @param start index of the first element, where there is one
   * @param count how many elements
   */
  record Range(long start, long step, long count) {
    /** Clamps start and end as the standard says; both may count from the end. */
    static Range of(long size, long start, long end, long step) {
      if (size == 0) {
        return new Range(0, step, 0);
      }
      long first = start < 0 ? start + size : start;
      long last = end < 0 ? end + size : end;
      if (step > 0) {
        first = Math.min(Math.max(first, 0), size);
        last = Math.min(Math.max(last, 0), size);
        return new Range(first, step, last <= first ? 0 : (last - first - 1) / step + 1);
      }
      first = Math.min(Math.max(first, 0), size - 1);
      last = Math.min(Math.max(last, -1), size - 1);
      // The negative of the smallest long does not exist, but one more is as far as the first.
      long stride = step == Long.MIN_VALUE ? Long.MAX_VALUE : -step;
      return new Range(first, step, last >= first ? 0 : (first - last - 1) / stride + 1);
    }
  }

  private static void slice(Inference node) {
    Shape shape = node.shape(0);
    if (!shape.isRankKnown()) {
      node.output(0, node.type(0), shape);
      return;
    }
    Optional<long[]> given = axes(node, shape.rank());
    if (given.isEmpty()) {
      node.output(0, node.type(0), Shape.ofRank(shape.rank()));
      return;
    }
    int[] axes = Axes.normalize(node, given.get(), shape.rank());
    Optional<long[]> starts = bounds(node, 1, "starts", axes.length);
    Optional<long[]> ends = bounds(node, 2, "ends", axes.length);
    Optional<long[]> steps = bounds(node, 4, "steps", axes.length);
    for (int i = 0; i < axes.length; i++) {
      Dimension size = Dimension.unknown();
      if (starts.isPresent() && ends.isPresent() && steps.isPresent()) {
        size =
            sliced(node, shape.dimension(axes[i]), starts.get()[i], ends.get()[i], steps.get()[i]);
      }
      shape = shape.with(axes[i], size);
    }
    node.output(0, node.type(0), shape);
  }

  private static Dimension sliced(
      Inference node, Dimension whole, long start, long end, long step) {
    if (step == 0) {
      throw node.error("a step must not be 0");
    }
    if (whole.isKnown()) {
      return Dimension.of(Range.of(whole.size(), start, end, step).count());
    }
    boolean forwards = step == 1 && start == 0 && end >= Integer.MAX_VALUE;
    boolean backwards = step == -1 && start == -1 && end <= -Integer.MAX_VALUE;
    return forwards || backwards ? whole : Dimension.unknown();
  }

  /** The axes that are sliced; empty where they are not known. */
  private static Optional<long[]> axes(Inference node, int rank) {
    if (node.has(3)) {
      return node.constant(3).map(Tensor::toLongs);
    }
    Shape starts = node.shape(1);
    if (!starts.isStatic()) {
      return Optional.empty();
    }
    if (starts.rank() != 1 || starts.size(0) > rank) {
      throw node.error("starts %s do not fit shape %s".formatted(starts, node.shape(0)));
    }
    return Optional.of(LongStream.range(0, starts.size(0)).toArray());
  }

  private static Optional<long[]> bounds(Inference node, int input, String what, int count) {
    if (!node.has(input)) {
      long[] ones = new long[count];
      Arrays.fill(ones, 1);
      return Optional.of(ones);
    }
    Optional<long[]> values = node.constant(input).map(Tensor::toLongs);
    if (values.isPresent() && values.get().length != count) {
      throw node.error(
          "%s should have an entry for each of %d axes, found %s"
              .formatted(what, count, Axes.text(values.get())));
    }
    return values;
  }

  private static void pad(Inference node) {
    Shape shape = node.shape(0);
    String mode = node.attributes().text("mode", "constant");
    if (!List.of("constant", "reflect", "edge", "wrap").contains(mode)) {
      throw node.error("mode should be constant, reflect, edge or wrap, found \"" + mode + '"');
    }
    requireScalar(node, node.shape(2), node.type(2));
    if (!shape.isRankKnown()) {
      node.output(0, node.type(0), shape);
      return;
    }
    Optional<long[]> pads = node.constant(1).map(Tensor::toLongs);
    Optional<long[]> given =
        node.has(3)
            ? node.constant(3).map(Tensor::toLongs)
            : Optional.of(LongStream.range(0, shape.rank()).toArray());
    if (given.isEmpty() || pads.isEmpty()) {
      node.output(0, node.type(0), Shape.ofRank(shape.rank()));
      return;
    }
    int[] axes = Axes.normalize(node, given.get(), shape.rank());
    if (pads.get().length != 2 * axes.length) {
      throw node.error(
          "pads should have %d entries for shape %s, found %s"
              .formatted(2 * axes.length, shape, Axes.text(pads.get())));
    }
    for (int i = 0; i < axes.length; i++) {
      long added = Math.addExact(pads.get()[i], pads.get()[axes.length + i]);
      shape = shape.with(axes[i], padded(node, shape.dimension(axes[i]), added));
    }
    node.output(0, node.type(0), shape);
  }

  private static void requireScalar(Inference node, Shape shape, ElementType type) {
    if (shape.isStatic() && shape.elements() != 1) {
      throw node.error("the value to pad with should be a scalar, found shape " + shape);
    }
    if (type != node.type(0)
        && type != ElementType.UNKNOWN
        && node.type(0) != ElementType.UNKNOWN) {
      throw node.error("cannot pad %s with %s".formatted(node.type(0), type));
    }
  }

  private static Dimension padded(Inference node, Dimension size, long added) {
    if (!size.isKnown()) {
      return added == 0 ? size : Dimension.unknown();
    }
    long padded = Math.addExact(size.size(), added);
    if (padded < 0) {
      throw node.error("pads cut more than there is from shape " + node.shape(0));
    }
    return Dimension.of(padded);
  }

  private static void center(Inference node) {
    Shape shape = node.shape(0);
    if (shape.isRankKnown()) {
      long[] all = LongStream.range(0, shape.rank()).toArray();
      int[] axes =
          Axes.normalize(node, node.attributes().integers("axes").orElse(all), shape.rank());
      Optional<Shape> sizes = node.constant(1).map(target -> Axes.ofSizes(node, target.toLongs()));
      sizes.ifPresent(target -> Axes.requireRank(node, "the target", target, axes.length));
      for (int i = 0; i < axes.length; i++) {
        Dimension size = sizes.isPresent() ? sizes.get().dimension(i) : Dimension.unknown();
        shape = shape.with(axes[i], size);
      }
    }
    node.output(0, node.type(0), shape);
  }

  private static void triangle(Inference node) {
    Axes.requireRankFrom(node, "the input", node.shape(0), 2);
    node.output(0, node.type(0), node.shape(0));
  }
}
