package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A float32 weight seen through transpositions, reversals, steps and reshapings, which move no
 * element; with four axes, a kernel.
 *
 * @param elements of the weight as it is stored
 * @param offset of the first element seen
 * @param sizes of the axes seen
 * @param strides distance in elements from one to the next along each axis, negative where reversed
 */
record WeightView(FloatBuffer elements, int offset, int[] sizes, int[] strides) implements Kernel {
  static WeightView of(Tensor tensor) {
    int[] sizes = Arrays.stream(tensor.sizes()).mapToInt(Math::toIntExact).toArray();
    return new WeightView(tensor.floats(), 0, sizes, dense(sizes));
  }

  private static int[] dense(int[] sizes) {
    int[] strides = new int[sizes.length];
    int stride = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= sizes[axis];
    }
    return strides;
  }

  @Override
  public int outputs() {
    return sizes[0];
  }

  @Override
  public int inputs() {
    return sizes[1];
  }

  @Override
  public int height() {
    return sizes[2];
  }

  @Override
  public int width() {
    return sizes[3];
  }

  @Override
  public float at(int output, int input, int y, int x) {
    return elements.get(
        offset + output * strides[0] + input * strides[1] + y * strides[2] + x * strides[3]);
  }

  int rank() {
    return sizes.length;
  }

  WeightView transposed(int... permutation) {
    int[] newSizes = new int[rank()];
    int[] newStrides = new int[rank()];
    for (int axis = 0; axis < rank(); axis++) {
      newSizes[axis] = sizes[permutation[axis]];
      newStrides[axis] = strides[permutation[axis]];
    }
    return new WeightView(elements, offset, newSizes, newStrides);
  }

  /** Elements start, start + step, ... of an axis, this many; a negative step goes backwards. */
  WeightView taking(int axis, int start, int step, int count) {
    int[] newSizes = sizes.clone();
    int[] newStrides = strides.clone();
    newSizes[axis] = count;
    newStrides[axis] = strides[axis] * step;
    return new WeightView(elements, offset + start * strides[axis], newSizes, newStrides);
  }

  WeightView reversed(int axis) {
    return taking(axis, sizes[axis] - 1, -1, sizes[axis]);
  }

  /** In another shape; empty where that would need elements in another order. */
  Optional<WeightView> reshaped(long[] newSizes) {
    int[] target = Arrays.stream(newSizes).mapToInt(Math::toIntExact).toArray();
    int[] newStrides = new int[target.length];
    int from = 0;
    int to = 0;
    while (from < rank() || to < target.length) {
      int fromEnd = from;
      int toEnd = to;
      long have = 1;
      long want = 1;
      do {
        if (have <= want && fromEnd < rank()) {
          have *= sizes[fromEnd++];
        } else if (toEnd < target.length) {
          want *= target[toEnd++];
        } else {
          return Optional.empty();
        }
      } while (have != want || (toEnd == to && to < target.length));
      while (fromEnd == rank() && toEnd < target.length && target[toEnd] == 1) {
        toEnd++;
      }
      if (!isDense(from, fromEnd)) {
        return Optional.empty();
      }
      int stride = fromEnd > from ? strides[fromEnd - 1] : 1;
      for (int axis = toEnd - 1; axis >= to; axis--) {
        newStrides[axis] = stride;
        stride *= target[axis];
      }
      from = fromEnd;
      to = toEnd;
    }
    return Optional.of(new WeightView(elements, offset, target, newStrides));
  }

  /** Whether axes from one to before another lie as those of one axis would. */
  private boolean isDense(int from, int to) {
    for (int axis = from; axis < to - 1; axis++) {
      if (strides[axis] != strides[axis + 1] * sizes[axis + 1]) {
        return false;
      }
    }
    return true;
  }
}
