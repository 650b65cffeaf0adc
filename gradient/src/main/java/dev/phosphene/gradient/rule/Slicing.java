package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.shortIntegers;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of Slice: elements go back to where they came from, with zeros around them.
 *
 * <p>Axes with a negative step are reversed; a step of k puts k - 1 zeros after each element (by
 * padding an axis of size one to k); what lay before and after the slice is padded.
 */
final class Slicing {
  private Slicing() {}

  static List<GradientEntry> entries() {
    return List.of(GradientEntry.of("Slice", Slicing::slice, cases()));
  }

  private static List<GradientCase> cases() {
    GradientCase.Input x = random(3, 5, 7);
    long end = Long.MAX_VALUE;
    long begin = Long.MIN_VALUE;
    return List.of(
        GradientCase.of("Slice", x, integers(1, 2), integers(3, 4)).named("first axes"),
        GradientCase.of("Slice", x, integers(1), integers(-1), integers(-1)).named("axis -1"),
        GradientCase.of("Slice", x, integers(-100), integers(end), integers(1)).named("clamped"),
        GradientCase.of("Slice", x, integers(1), integers(end), integers(2), integers(2))
            .named("step 2"),
        GradientCase.of("Slice", x, integers(0, 1), integers(5, 6), integers(1, 2), integers(2, 3))
            .named("steps 2 and 3, ends cut"),
        GradientCase.of("Slice", x, integers(-1), integers(begin), integers(2), integers(-1))
            .named("reversed"),
        GradientCase.of(
                "Slice", x, integers(-2, 3), integers(0, begin), integers(-1, 1), integers(-2, -1))
            .named("negative steps"),
        GradientCase.of(
                "Slice", x, integers(0, 1, 1), integers(2, 4, 6), absent(), integers(1, 2, 4))
            .named("axes left out"),
        GradientCase.of("Slice", x, integers(0), integers(end), integers(1)).named("everything"),
        GradientCase.of(
                "Slice",
                x,
                shortIntegers(-4, 0),
                shortIntegers(-1, 5),
                shortIntegers(-2, 2),
                shortIntegers(2, 3))
            .named("of int32, from the end, steps 2 and 3"),
        GradientCase.of("Slice", x, integers(-1, -4), integers(-4, -1), absent(), integers(-2, 1))
            .named("axes left out, from the end, step -2"));
  }

  /**
   * What a slice takes along one axis.
   *
   * @param start index of the first element
   * @param step distance to the next, negative towards the beginning
   */
  private record Range(int axis, long start, long step) {}

  private static void slice(Backward backward) {
    Value x = backward.input(0);
    long[] taken = backward.sizes(backward.output());
    if (Arrays.stream(taken).anyMatch(size -> size == 0)) {
      return; // nothing was taken, so nothing comes back
    }
    long[] sizes = backward.sizes(x);
    List<Range> ranges = ranges(backward, sizes);
    Value forward = reverseBack(backward, backward.gradient(), ranges);
    Value spread = insertZeros(backward, forward, ranges);
    backward.give(0, padBack(backward, spread, ranges, sizes, taken));
  }

  private static List<Range> ranges(Backward backward, long[] sizes) {
    long[] starts = backward.constant(1, "starts").toLongs();
    long[] axes = backward.has(3) ? backward.constant(3, "axes").toLongs() : null;
    long[] steps = backward.has(4) ? backward.constant(4, "steps").toLongs() : null;
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      int axis = axes == null ? i : (int) (axes[i] < 0 ? axes[i] + sizes.length : axes[i]);
      long step = steps == null ? 1 : steps[i];
      long start = starts[i] < 0 ? starts[i] + sizes[axis] : starts[i];
      long last = step < 0 ? sizes[axis] - 1 : sizes[axis];
      ranges.add(new Range(axis, Math.max(0, Math.min(start, last)), step));
    }
    return ranges;
  }

  private static Value reverseBack(Backward backward, Value gradient, List<Range> ranges) {
    int[] reversed =
        ranges.stream().filter(range -> range.step() < 0).mapToInt(Range::axis).toArray();
    return reversed.length == 0 ? gradient : backward.reverse(gradient, reversed);
  }

  /** Lengthens every axis with a step: after each element come the zeros that the slice skipped. */
  private static Value insertZeros(Backward backward, Value gradient, List<Range> ranges) {
    long[] steps = new long[gradient.rank()];
    Arrays.fill(steps, 1);
    ranges.forEach(range -> steps[range.axis()] = Math.abs(range.step()));
    long[] sizes = backward.sizes(gradient);
    List<Long> apart = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    long[] spread = sizes.clone();
    for (int axis = 0; axis < sizes.length; axis++) {
      apart.add(sizes[axis]);
      after.add(0L);
      if (steps[axis] > 1 && sizes[axis] > 1) {
        apart.add(1L);
        after.add(steps[axis] - 1);
        spread[axis] = sizes[axis] * steps[axis];
      }
    }
    if (apart.size() == sizes.length) {
      return gradient;
    }
    long[] pads = new long[2 * apart.size()];
    for (int axis = 0; axis < apart.size(); axis++) {
      pads[apart.size() + axis] = after.get(axis);
    }
    long[] separate = apart.stream().mapToLong(Long::longValue).toArray();
    return backward.reshape(backward.padZeros(backward.reshape(gradient, separate), pads), spread);
  }

  private static Value padBack(
      Backward backward, Value spread, List<Range> ranges, long[] sizes, long[] taken) {
    int rank = sizes.length;
    long[] pads = new long[2 * rank];
    for (Range range : ranges) {
      int axis = range.axis();
      long lowest =
          range.step() > 0 ? range.start() : range.start() + (taken[axis] - 1) * range.step();
      pads[axis] = lowest;
      // Negative where zeros after the last element reach beyond the axis: those are cut.
      pads[rank + axis] = sizes[axis] - lowest - spread.size(axis);
    }
    return backward.padZeros(spread, pads);
  }
}
