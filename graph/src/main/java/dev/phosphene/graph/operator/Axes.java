package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** Checks axes, and multiplies and unifies sizes along them, as far as they are known. */
final class Axes {
  /** Longest list of sizes that is accepted as a shape; NumPy has the same limit. */
  static final int MAX_RANK = 64;

  /** Entries of a list that a message shows. */
  private static final int SHOWN = 16;

  private Axes() {}

  /** An axis counted from the first, from one that may count from the last. */
  static int normalize(Inference node, long axis, int rank) {
    if (axis < -(long) rank || axis >= rank) {
      throw node.error(
          "axis %d does not exist in %d axes; it must be from %d to %d"
              .formatted(axis, rank, -rank, rank - 1));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** Axes counted from the first, in the order given; each at most once. */
  static int[] normalize(Inference node, long[] axes, int rank) {
    int[] normalized = new int[Math.min(axes.length, rank + 1)];
    boolean[] seen = new boolean[rank];
    for (int i = 0; i < axes.length; i++) {
      int axis = normalize(node, axes[i], rank);
      if (seen[axis]) {
        throw node.error("axis " + axes[i] + " is given twice in " + text(axes));
      }
      seen[axis] = true;
      normalized[i] = axis;
    }
    return normalized;
  }

  static void requireRank(Inference node, String what, Shape shape, int rank) {
    if (shape.isRankKnown() && shape.rank() != rank) {
      throw node.error("%s should have %d axes, found shape %s".formatted(what, rank, shape));
    }
  }

  /** Fails where a shape is known to have fewer axes. */
  static void requireRankFrom(Inference node, String what, Shape shape, int least) {
    if (shape.isRankKnown() && shape.rank() < least) {
      throw node.error(
          "%s should have at least %d axes, found shape %s".formatted(what, least, shape));
    }
  }

  /**
   * Product of sizes; a symbol survives where everything else is 1.
   *
   * @throws ArithmeticException where it does not fit a long
   */
  static Dimension product(List<Dimension> sizes) {
    long known = 1;
    Dimension unknown = null;
    boolean several = false;
    for (Dimension size : sizes) {
      if (size.isKnown()) {
        known = Math.multiplyExact(known, size.size());
      } else {
        several = unknown != null;
        unknown = size;
      }
    }
    if (unknown == null || known == 0) {
      return Dimension.of(known);
    }
    return several || known != 1 ? Dimension.unknown() : unknown;
  }

  /** A size multiplied by a factor that is not negative. */
  static Dimension times(Dimension size, long factor) {
    return product(List.of(size, Dimension.of(factor)));
  }

  /** What is known of one size from two sources. */
  static Dimension unify(Inference node, String what, Dimension a, Dimension b) {
    if (a.isKnown() && b.isKnown() && a.size() != b.size()) {
      throw node.error("%s differ: %s and %s".formatted(what, a, b));
    }
    return a.isKnown() || (a.symbol() != null && !b.isKnown()) ? a : b;
  }

  /** Shape whose sizes stand in a constant or whose rank follows from that vector's length. */
  static Shape ofVectorLength(Inference node, Shape vector) {
    requireRank(node, "a list of sizes", vector, 1);
    if (!vector.isStatic()) {
      return Shape.unknown();
    }
    requireLength(node, vector.size(0));
    return Shape.ofRank((int) vector.size(0));
  }

  /** Fails for more sizes than a shape may have. */
  static void requireLength(Inference node, long axes) {
    if (axes > MAX_RANK) {
      throw node.error("a shape of " + axes + " axes; at most " + MAX_RANK + " are supported");
    }
  }

  /** A shape from a constant list of sizes, none of which may be negative. */
  static Shape ofSizes(Inference node, long[] sizes) {
    requireLength(node, sizes.length);
    for (long size : sizes) {
      if (size < 0) {
        throw node.error("sizes must not be negative, found " + text(sizes));
      }
    }
    return Shape.of(sizes);
  }

  /** A list for a message, which a hostile file must not make long. */
  static String text(long[] entries) {
    if (entries.length <= SHOWN) {
      return Arrays.toString(entries);
    }
    String first = Arrays.toString(Arrays.copyOf(entries, SHOWN));
    return first.substring(0, first.length() - 1) + ", ... " + entries.length + " in all]";
  }
}
