package dev.phosphene.model.keras.layer;

import dev.phosphene.tensor.Tensor;

/** Other orders of the axes of weights, once, as they are read. */
final class KernelOrder {
  private KernelOrder() {}

  /** A tensor whose axis i is axis {@code order[i]} of another one. */
  static Tensor permuted(Tensor tensor, int... order) {
    long[] sizes = tensor.sizes();
    int rank = sizes.length;
    long[] strides = strides(sizes);
    long[] newSizes = new long[rank];
    long[] steps = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      newSizes[axis] = sizes[order[axis]];
      steps[axis] = strides[order[axis]];
    }
    return gathered(tensor, newSizes, steps, 0);
  }

  /** A tensor with the elements along its first axes in reverse order. */
  static Tensor reversed(Tensor tensor, int axes) {
    long[] sizes = tensor.sizes();
    long[] steps = strides(sizes);
    long first = 0;
    for (int axis = 0; axis < axes; axis++) {
      first += (sizes[axis] - 1) * steps[axis];
      steps[axis] = -steps[axis];
    }
    return gathered(tensor, sizes, steps, first);
  }

  private static long[] strides(long[] sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strides;
  }

  private static Tensor gathered(Tensor tensor, long[] sizes, long[] steps, long first) {
    int[] indices = new int[tensor.elements()];
    long[] at = new long[sizes.length];
    long index = first;
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (int) index;
      for (int axis = sizes.length - 1; axis >= 0; axis--) {
        index += steps[axis];
        if (++at[axis] < sizes[axis]) {
          break;
        }
        index -= steps[axis] * sizes[axis];
        at[axis] = 0;
      }
    }
    return tensor.select(indices, sizes);
  }
}
