package dev.phosphene.graph.operator;

import dev.phosphene.tensor.Shape;
import java.util.Arrays;

/** Positions of elements in tensors in C order. */
final class Indices {
  private Indices() {}

  /** How far apart neighbours along each axis are. */
  static int[] strides(long[] sizes) {
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.toIntExact(stride * sizes[axis]);
    }
    return strides;
  }

  /**
   * For each element of a tensor the sum of what its indices contribute.
   *
   * @param contributions an entry an axis, in which each index along the axis has an entry; where
   *     one is negative the sum is -1
   */
  static int[] sums(int[][] contributions) {
    int[] sums = {0};
    for (int[] axis : contributions) {
      int[] longer = new int[Math.multiplyExact(sums.length, axis.length)];
      for (int i = 0; i < longer.length; i++) {
        int before = sums[i / axis.length];
        int here = axis[i % axis.length];
        longer[i] = before < 0 || here < 0 ? -1 : before + here;
      }
      sums = longer;
    }
    return sums;
  }

  /** Contributions {@code start, start + step, ...} of the indices along one axis. */
  static int[] steps(long count, long start, long step) {
    int[] steps = new int[Math.toIntExact(count)];
    Arrays.setAll(steps, i -> (int) (start + i * step));
    return steps;
  }

  /** Where each element of a tensor of these sizes comes from in one that broadcasts to it. */
  static int[] broadcast(long[] from, long[] to) {
    if (Shape.elements(to) == 0) {
      return new int[0];
    }
    int[] strides = strides(from);
    int[][] contributions = new int[to.length][];
    for (int axis = 0; axis < to.length; axis++) {
      int own = axis - to.length + from.length;
      int stride = own < 0 || from[own] == 1 ? 0 : strides[own];
      contributions[axis] = steps(to[axis], 0, stride);
    }
    return sums(contributions);
  }
}
