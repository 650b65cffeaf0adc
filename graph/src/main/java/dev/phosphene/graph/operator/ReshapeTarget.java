package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The shape that Reshape makes of a list of sizes in which 0 copies the input's size and -1 stands
 * for what remains.
 */
final class ReshapeTarget {
  private final Inference node;
  private final Shape input;
  private final long[] wanted;
  private final boolean zeroIsSize;

  ReshapeTarget(Inference node, Shape input, long[] wanted) {
    this.node = node;
    this.input = input;
    this.wanted = wanted;
    this.zeroIsSize = node.attributes().flag("allowzero", false);
  }

  Shape resolve() {
    Axes.requireLength(node, wanted.length);
    int remainder = remainderAxis();
    List<Dimension> sizes = new ArrayList<>();
    // Sizes that are the input's own, known or not, cancel out of the count of elements.
    List<Dimension> uncancelled =
        new ArrayList<>(input.isRankKnown() ? input.dimensions() : List.of());
    long product = 1;
    boolean counted = input.isRankKnown();
    for (int axis = 0; axis < wanted.length; axis++) {
      if (wanted[axis] == 0 && !zeroIsSize) {
        Dimension copied = copied(axis);
        sizes.add(copied);
        uncancelled.remove(copied);
      } else if (axis == remainder) {
        sizes.add(Dimension.unknown());
      } else {
        sizes.add(Dimension.of(wanted[axis]));
        product = Math.multiplyExact(product, wanted[axis]);
      }
    }
    if (!counted) {
      return Shape.of(sizes);
    }
    Dimension available = Axes.product(uncancelled);
    if (remainder >= 0) {
      sizes.set(remainder, remainder(uncancelled, available, product));
    } else if (available.isKnown() && available.size() != product) {
      throw mismatch();
    }
    return Shape.of(sizes);
  }

  private int remainderAxis() {
    int found = -1;
    for (int axis = 0; axis < wanted.length; axis++) {
      if (wanted[axis] < -1 || (wanted[axis] == -1 && found >= 0)) {
        throw node.error("sizes should be positive, 0 or one -1, found " + Axes.text(wanted));
      }
      found = wanted[axis] == -1 ? axis : found;
    }
    if (found >= 0 && zeroIsSize && Arrays.stream(wanted).anyMatch(size -> size == 0)) {
      throw node.error("with allowzero, 0 and -1 exclude each other: " + Axes.text(wanted));
    }
    return found;
  }

  private Dimension copied(int axis) {
    if (!input.isRankKnown()) {
      return Dimension.unknown();
    }
    if (axis >= input.rank()) {
      throw node.error(
          "sizes %s copy axis %d, which shape %s has not"
              .formatted(Axes.text(wanted), axis, input));
    }
    return input.dimension(axis);
  }

  /** What -1 stands for: the elements not accounted for, or the one unknown size among them. */
  private Dimension remainder(List<Dimension> uncancelled, Dimension available, long product) {
    if (available.isKnown()) {
      if (product == 0 ? available.size() != 0 : available.size() % product != 0) {
        throw mismatch();
      }
      return product == 0 ? Dimension.unknown() : Dimension.of(available.size() / product);
    }
    long known = 1;
    Dimension unknown = Dimension.unknown();
    int unknowns = 0;
    for (Dimension size : uncancelled) {
      if (size.isKnown()) {
        known = Math.multiplyExact(known, size.size());
      } else {
        unknown = size;
        unknowns++;
      }
    }
    return unknowns == 1 && known == product ? unknown : Dimension.unknown();
  }

  private PhospheneException mismatch() {
    return node.error(
        "shape %s cannot become %s: the number of elements differs"
            .formatted(input, Axes.text(wanted)));
  }
}
