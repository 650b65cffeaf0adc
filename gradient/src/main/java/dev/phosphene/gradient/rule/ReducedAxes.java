package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.Backward;
import dev.phosphene.graph.Value;
import java.util.Arrays;

/**
 * The axes that a node of the Reduce family sums over.
 *
 * @param axes counted from the first, ascending; empty where nothing is reduced
 * @param elements how many elements become one
 */
record ReducedAxes(long[] axes, long elements) {
  static ReducedAxes of(Backward backward) {
    long[] sizes = backward.sizes(backward.input(0));
    long[] given = backward.has(1) ? backward.constant(1, "axes").toLongs() : new long[0];
    long[] axes;
    if (given.length > 0) {
      axes =
          Arrays.stream(given)
              .map(axis -> axis < 0 ? axis + sizes.length : axis)
              .sorted()
              .toArray();
    } else if (backward.attributes().flag("noop_with_empty_axes", false)) {
      axes = new long[0];
    } else {
      axes = backward.axesFrom(backward.input(0), 0);
    }
    long elements = Arrays.stream(axes).map(axis -> sizes[(int) axis]).reduce(1, (a, b) -> a * b);
    return new ReducedAxes(axes, elements);
  }

  /** A value of the node's output with its reduced axes kept, of size 1, whatever the node does. */
  Value kept(Backward backward, Value value) {
    long[] sizes = backward.sizes(backward.input(0));
    if (value.rank() == sizes.length) {
      return value;
    }
    for (long axis : axes) {
      sizes[(int) axis] = 1;
    }
    return backward.reshape(value, sizes);
  }

  /** A further reduction over these axes, which it keeps. */
  Value reduce(Backward backward, String operator, Value value) {
    return axes.length == 0 ? value : backward.reduce(operator, value, true, axes);
  }
}
