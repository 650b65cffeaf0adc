package dev.phosphene.graph.operator;

import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Kernels that move elements and compute nothing. */
final class Rearrangement {
  private Rearrangement() {}

  /** The same elements in the same order, in the shape that inference found. */
  static Tensor reshape(Folding node) {
    return node.input(0).reshaped(node.sizes());
  }

  static Tensor transpose(Folding node) {
    Tensor input = node.input(0);
    int rank = input.rank();
    int[] strides = Indices.strides(input.sizes());
    Optional<long[]> permutation = node.attributes().integers("perm");
    int[][] contributions = new int[rank][];
    for (int axis = 0; axis < rank; axis++) {
      int position = axis;
      long from = permutation.map(order -> order[position]).orElse(rank - 1L - position);
      int source = (int) (from < 0 ? from + rank : from);
      contributions[axis] = Indices.steps(node.sizes()[axis], 0, strides[source]);
    }
    return input.select(Indices.sums(contributions), node.sizes());
  }

  static Tensor expand(Folding node) {
    Tensor input = node.input(0);
    return input.select(Indices.broadcast(input.sizes(), node.sizes()), node.sizes());
  }

  static Tensor tile(Folding node) {
    Tensor input = node.input(0);
    int[] strides = Indices.strides(input.sizes());
    int[][] contributions = new int[strides.length][];
    for (int axis = 0; axis < strides.length; axis++) {
      int size = (int) input.sizes()[axis];
      int stride = strides[axis];
      contributions[axis] =
          IntStream.range(0, (int) node.sizes()[axis]).map(i -> i % size * stride).toArray();
    }
    return input.select(Indices.sums(contributions), node.sizes());
  }

  static Tensor slice(Folding node) {
    Tensor input = node.input(0);
    int[] strides = Indices.strides(input.sizes());
    int[][] contributions = new int[strides.length][];
    for (int axis = 0; axis < strides.length; axis++) {
      contributions[axis] = Indices.steps(input.sizes()[axis], 0, strides[axis]);
    }
    long[] starts = node.input(1).toLongs();
    long[] ends = node.input(2).toLongs();
    for (int i = 0; i < starts.length; i++) {
      long given = node.has(3) ? node.input(3).getLong(i) : i;
      int axis = (int) (given < 0 ? given + strides.length : given);
      long step = node.has(4) ? node.input(4).getLong(i) : 1;
      Slicing.Range range = Slicing.Range.of(input.sizes()[axis], starts[i], ends[i], step);
      contributions[axis] =
          Indices.steps(range.count(), range.start() * strides[axis], range.step() * strides[axis]);
    }
    return input.select(Indices.sums(contributions), node.sizes());
  }

  static List<Tensor> split(Folding node) {
    Tensor input = node.input(0);
    int[] strides = Indices.strides(input.sizes());
    int axis = node.axis(0, strides.length);
    long start = 0;
    List<Tensor> parts = new ArrayList<>();
    for (int output = 0; output < node.outputs(); output++) {
      long[] sizes = node.sizes(output);
      int[][] contributions = new int[strides.length][];
      for (int i = 0; i < strides.length; i++) {
        long offset = i == axis ? start * strides[i] : 0;
        contributions[i] = Indices.steps(sizes[i], offset, strides[i]);
      }
      parts.add(input.select(Indices.sums(contributions), sizes));
      start += sizes[axis];
    }
    return parts;
  }

  static Tensor concatenate(Folding node) {
    long[] sizes = node.sizes();
    int[] strides = Indices.strides(sizes);
    int axis = node.axis(0, sizes.length);
    Assembly result = new Assembly(node.type(), sizes);
    long start = 0;
    for (int input = 0; input < node.inputs(); input++) {
      Tensor part = node.input(input);
      int[][] contributions = new int[sizes.length][];
      for (int i = 0; i < sizes.length; i++) {
        long offset = i == axis ? start * strides[i] : 0;
        contributions[i] = Indices.steps(part.sizes()[i], offset, strides[i]);
      }
      int[] targets = Indices.sums(contributions);
      for (int i = 0; i < targets.length; i++) {
        result.copy(targets[i], part, i);
      }
      start += part.sizes()[axis];
    }
    return result.tensor();
  }

  static Tensor pad(Folding node) {
    Tensor input = node.input(0);
    int[] strides = Indices.strides(input.sizes());
    long[] begins = new long[strides.length];
    long[] pads = node.input(1).toLongs();
    for (int i = 0; i < pads.length / 2; i++) {
      long axis = node.has(3) ? node.input(3).getLong(i) : i;
      begins[(int) (axis < 0 ? axis + strides.length : axis)] = pads[i];
    }
    String mode = node.attributes().text("mode", "constant");
    int[][] contributions = new int[strides.length][];
    for (int axis = 0; axis < strides.length; axis++) {
      long size = input.sizes()[axis];
      long begin = begins[axis];
      int stride = strides[axis];
      contributions[axis] =
          IntStream.range(0, (int) node.sizes()[axis])
              .map(i -> paddedFrom(mode, Math.subtractExact(i, begin), size))
              .map(index -> index < 0 ? -1 : index * stride)
              .toArray();
    }
    int[] sources = Indices.sums(contributions);
    Assembly result = new Assembly(node.type(), node.sizes());
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] >= 0) {
        result.copy(i, input, sources[i]);
      } else if (node.has(2)) {
        result.copy(i, node.input(2), 0);
      }
    }
    return result.tensor();
  }

  /** Index of the element that pads at this index, which may lie outside; -1 for none. */
  private static int paddedFrom(String mode, long index, long size) {
    if (index >= 0 && index < size) {
      return (int) index;
    }
    if (size == 0 && !mode.equals("constant")) {
      throw new ArithmeticException("Nothing to pad with");
    }
    return (int)
        switch (mode) {
          case "edge" -> index < 0 ? 0 : size - 1;
          case "wrap" -> Math.floorMod(index, size);
          case "reflect" -> {
            long period = Math.max(1, 2 * (size - 1));
            long within = Math.floorMod(index, period);
            yield Math.min(within, period - within) % size;
          }
          default -> -1;
        };
  }

  static Tensor gather(Folding node) {
    Tensor data = node.input(0);
    long[] indices = node.input(1).toLongs();
    int axis = node.axis(0, data.rank());
    long size = data.sizes()[axis];
    int[] strides = Indices.strides(data.sizes());
    int[][] contributions = new int[data.rank()][];
    for (int i = 0; i < contributions.length; i++) {
      contributions[i] = Indices.steps(data.sizes()[i], 0, strides[i]);
    }
    contributions[axis] =
        Arrays.stream(indices).mapToInt(i -> index(i, size) * strides[axis]).toArray();
    return data.select(Indices.sums(contributions), node.sizes());
  }

  /** An index counted from the first, from one that may count from the last. */
  private static int index(long index, long size) {
    if (index < -size || index >= size) {
      throw new ArithmeticException("Index " + index + " of " + size + " elements");
    }
    return (int) (index < 0 ? index + size : index);
  }

  static Tensor gatherElements(Folding node) {
    Tensor data = node.input(0);
    return data.select(elementwise(data, node.input(1), node.axis(0, data.rank())), node.sizes());
  }

  /** For each element of indices the position in data that it means. */
  private static int[] elementwise(Tensor data, Tensor indices, int axis) {
    int[] strides = Indices.strides(data.sizes());
    long[] dataSizes = data.sizes();
    long[] sizes = indices.sizes();
    int[][] contributions = new int[sizes.length][];
    for (int i = 0; i < sizes.length; i++) {
      if (i != axis && sizes[i] > dataSizes[i]) {
        throw new ArithmeticException("More indices than data along axis " + i);
      }
      contributions[i] = Indices.steps(sizes[i], 0, i == axis ? 0 : strides[i]);
    }
    int[] positions = Indices.sums(contributions);
    for (int i = 0; i < positions.length; i++) {
      positions[i] += index(indices.getLong(i), dataSizes[axis]) * strides[axis];
    }
    return positions;
  }

  static Tensor gatherTuples(Folding node) {
    Tensor data = node.input(0);
    Tensor indices = node.input(1);
    int batch = (int) node.attributes().integer("batch_dims", 0);
    int[] starts = tuples(data, indices, batch);
    int length = node.elements() / starts.length;
    int[] sources = new int[node.elements()];
    Arrays.setAll(sources, i -> starts[i / length] + i % length);
    return data.select(sources, node.sizes());
  }

  /** For each tuple of indices the position in data of the block that it means. */
  private static int[] tuples(Tensor data, Tensor indices, int batch) {
    int[] strides = Indices.strides(data.sizes());
    long[] sizes = data.sizes();
    int width = Math.toIntExact(indices.sizes()[indices.rank() - 1]);
    int[] starts = new int[indices.elements() / width];
    int batches = 1;
    for (int axis = 0; axis < batch; axis++) {
      batches = Math.multiplyExact(batches, (int) indices.sizes()[axis]);
    }
    int batchStride = batch == 0 ? 0 : strides[batch - 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = i / (starts.length / batches) * batchStride;
      for (int k = 0; k < width; k++) {
        long index = indices.getLong(i * width + k);
        starts[i] += index(index, sizes[batch + k]) * strides[batch + k];
      }
    }
    return starts;
  }

  static List<Tensor> scatterElements(Folding node) {
    Tensor data = node.input(0);
    int[] targets = elementwise(data, node.input(1), node.axis(0, data.rank()));
    return scatter(node, targets, 1);
  }

  static List<Tensor> scatterTuples(Folding node) {
    Tensor data = node.input(0);
    int[] targets = tuples(data, node.input(1), 0);
    return targets.length == 0
        ? List.of(data)
        : scatter(node, targets, node.input(2).elements() / targets.length);
  }

  /** Overwrites blocks; reductions with what is there are not covered. */
  private static List<Tensor> scatter(Folding node, int[] targets, int length) {
    Tensor updates = node.input(2);
    boolean reduces = !node.attributes().text("reduction", "none").equals("none");
    if (reduces || updates.elements() != targets.length * length) {
      return List.of();
    }
    Assembly result = Assembly.copyOf(node.input(0));
    for (int i = 0; i < updates.elements(); i++) {
      result.copy(targets[i / length] + i % length, updates, i);
    }
    return List.of(result.tensor());
  }
}
