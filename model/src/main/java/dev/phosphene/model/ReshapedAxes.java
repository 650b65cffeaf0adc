package dev.phosphene.model;

import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Which axes become which in a reshape: the shortest runs of axes on both sides that hold as many
 * elements, such as {@code [N, C, H, W]} to {@code [N, C, H W]} in the runs N, C, and H with W.
 *
 * @param runs from the first axes to the last; empty where the shapes do not fit or the rank of one
 *     is not known
 */
record ReshapedAxes(Shape from, Shape to, List<Run> runs) {
  /** Stands for every size that is not known; no product of usual sizes. */
  private static final BigInteger UNKNOWN = BigInteger.valueOf(1_000_003);

  /**
   * Axes that become others together.
   *
   * @param from axes of the shape before
   * @param to axes of the shape after
   */
  record Run(List<Integer> from, List<Integer> to) {}

  /** The axes of a reshape. */
  static ReshapedAxes of(Shape from, Shape to) {
    return new ReshapedAxes(
        from, to, from.isRankKnown() && to.isRankKnown() ? runs(from, to) : List.of());
  }

  private static List<Run> runs(Shape from, Shape to) {
    List<Run> runs = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < from.rank() && j < to.rank()) {
      int firstFrom = i;
      int firstTo = j;
      BigInteger before = size(from.dimension(i++));
      BigInteger after = size(to.dimension(j++));
      while (!before.equals(after)) {
        if (before.compareTo(after) < 0) {
          if (i == from.rank()) {
            return List.of();
          }
          before = before.multiply(size(from.dimension(i++)));
        } else {
          if (j == to.rank()) {
            return List.of();
          }
          after = after.multiply(size(to.dimension(j++)));
        }
      }
      runs.add(new Run(range(firstFrom, i), range(firstTo, j)));
    }
    // What is left are axes of size 1, or the shapes do not fit.
    return from.dimensions().stream().skip(i).allMatch(ReshapedAxes::isOne)
            && to.dimensions().stream().skip(j).allMatch(ReshapedAxes::isOne)
        ? List.copyOf(runs)
        : List.of();
  }

  private static List<Integer> range(int first, int end) {
    return IntStream.range(first, end).boxed().toList();
  }

  private static BigInteger size(Dimension dimension) {
    return dimension.isKnown() ? BigInteger.valueOf(dimension.size()) : UNKNOWN;
  }

  private static boolean isOne(Dimension dimension) {
    return dimension.size() == 1;
  }

  /** The run of an axis of the shape before. */
  Optional<Run> runOf(int axis) {
    return runs.stream().filter(run -> run.from().contains(axis)).findFirst();
  }

  /** Where an axis lies after the reshape; empty where it was split or joined with others. */
  OptionalInt follow(int axis) {
    Optional<Run> run = runOf(axis);
    if (run.isEmpty()) {
      return OptionalInt.empty();
    }
    List<Integer> before = longerThanOne(run.get().from(), from);
    List<Integer> after = longerThanOne(run.get().to(), to);
    if (before.equals(List.of(axis)) && after.size() == 1) {
      return OptionalInt.of(after.get(0));
    }
    boolean aloneOfSizeOne = run.get().from().size() == 1 && run.get().to().size() == 1;
    return aloneOfSizeOne ? OptionalInt.of(run.get().to().get(0)) : OptionalInt.empty();
  }

  static List<Integer> longerThanOne(List<Integer> axes, Shape shape) {
    return axes.stream().filter(axis -> !isOne(shape.dimension(axis))).toList();
  }
}
