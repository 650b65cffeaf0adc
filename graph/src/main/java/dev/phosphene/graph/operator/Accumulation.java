package dev.phosphene.graph.operator;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.operator.Folding.Kernel;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;

/** Kernels that combine, order or search the elements along axes. */
final class Accumulation {
  private Accumulation() {}

  static Kernel reduce(
      long integerStart,
      LongBinaryOperator integers,
      double realStart,
      DoubleBinaryOperator reals) {
    return node -> {
      Tensor input = node.input(0);
      int[] targets = reductionTargets(node);
      if (node.type().isFloating()) {
        double[] result = new double[node.elements()];
        Arrays.fill(result, realStart);
        double[] elements = input.toDoubles();
        for (int i = 0; i < elements.length; i++) {
          result[targets[i]] = reals.applyAsDouble(result[targets[i]], elements[i]);
        }
        return node.result(result);
      }
      long[] result = new long[node.elements()];
      Arrays.fill(result, integerStart);
      long[] elements = input.toLongs();
      for (int i = 0; i < elements.length; i++) {
        result[targets[i]] = integers.applyAsLong(result[targets[i]], elements[i]);
      }
      return node.result(result);
    };
  }

  /** The smallest or largest elements; there is none of an empty axis. */
  static Kernel extreme(LongBinaryOperator integers, DoubleBinaryOperator reals) {
    boolean largest = integers.applyAsLong(0, 1) == 1;
    Kernel kernel =
        reduce(
            largest ? Long.MIN_VALUE : Long.MAX_VALUE,
            integers,
            largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY,
            reals);
    return node -> {
      if (node.input(0).elements() == 0) {
        throw new ArithmeticException("No extreme of no elements");
      }
      return kernel.compute(node);
    };
  }

  static Tensor mean(Folding node) {
    Tensor input = node.input(0);
    int count = input.elements() / node.elements();
    int[] targets = reductionTargets(node);
    if (node.type().isFloating()) {
      double[] sums = new double[node.elements()];
      for (int i = 0; i < targets.length; i++) {
        sums[targets[i]] += input.getDouble(i);
      }
      return node.result(Arrays.stream(sums).map(sum -> sum / count).toArray());
    }
    long[] sums = new long[node.elements()];
    for (int i = 0; i < targets.length; i++) {
      sums[targets[i]] += input.getLong(i);
    }
    return node.result(Arrays.stream(sums).map(sum -> sum / count).toArray());
  }

  /** For each element of the input the position of the output that it goes into. */
  private static int[] reductionTargets(Folding node) {
    long[] sizes = node.input(0).sizes();
    boolean[] reduced = new boolean[sizes.length];
    long[] axes = node.has(1) ? node.input(1).toLongs() : new long[0];
    boolean all = axes.length == 0 && !node.attributes().flag("noop_with_empty_axes", false);
    Arrays.fill(reduced, all);
    for (long axis : axes) {
      reduced[(int) (axis < 0 ? axis + sizes.length : axis)] = true;
    }
    long[] kept = sizes.clone();
    for (int axis = 0; axis < sizes.length; axis++) {
      kept[axis] = reduced[axis] ? 1 : sizes[axis];
    }
    return Indices.broadcast(kept, sizes);
  }

  static Kernel cumulate(LongBinaryOperator integers, DoubleBinaryOperator reals, int start) {
    return node -> {
      Tensor input = node.input(0);
      long given = node.input(1).getLong(0);
      int axis = (int) (given < 0 ? given + input.rank() : given);
      int stride = Indices.strides(input.sizes())[axis];
      int size = (int) input.sizes()[axis];
      boolean reverse = node.attributes().flag("reverse", false);
      boolean exclusive = node.attributes().flag("exclusive", false);
      int step = reverse ? -stride : stride;
      double[] realSums = input.toDoubles();
      long[] sums = input.type().isFloating() ? new long[input.elements()] : input.toLongs();
      for (int first = 0; first < sums.length; first++) {
        int index = first / stride % size;
        if (index != (reverse ? size - 1 : 0)) {
          continue;
        }
        long sum = start;
        double realSum = start;
        for (int k = 0, at = first; k < size; k++, at += step) {
          long before = sum;
          double realBefore = realSum;
          sum = integers.applyAsLong(sum, sums[at]);
          realSum = reals.applyAsDouble(realSum, realSums[at]);
          sums[at] = exclusive ? before : sum;
          realSums[at] = exclusive ? realBefore : realSum;
        }
      }
      return input.type().isFloating() ? node.result(realSums) : node.result(sums);
    };
  }

  static List<Tensor> topK(Folding node) {
    Tensor input = node.input(0);
    int axis = node.axis(-1, input.rank());
    int stride = Indices.strides(input.sizes())[axis];
    int size = (int) input.sizes()[axis];
    boolean largest = node.attributes().flag("largest", true);
    int count = (int) node.sizes()[axis];
    int[] sources = new int[node.elements()];
    long[] indices = new long[node.elements()];
    Comparator<Integer> byValue =
        input.type().isFloating()
            ? Comparator.comparingDouble(input::getDouble)
            : Comparator.comparingLong(input::getLong);
    // Equal elements stand in the order of their indices, which a stable sort keeps.
    Comparator<Integer> order = largest ? byValue.reversed() : byValue;
    int lines = input.elements() / size;
    for (int line = 0; line < lines; line++) {
      int inner = line % stride;
      int first = line / stride * stride * size + inner;
      List<Integer> sorted =
          IntStream.range(0, size).map(i -> first + i * stride).boxed().sorted(order).toList();
      for (int k = 0; k < count; k++) {
        int target = line / stride * stride * count + inner + k * stride;
        sources[target] = sorted.get(k);
        indices[target] = ((long) sorted.get(k) - first) / stride;
      }
    }
    List<Tensor> both =
        List.of(
            input.select(sources, node.sizes()),
            Tensor.converted(ElementType.INT64, indices, node.sizes()));
    return both.subList(0, Math.min(2, node.outputs()));
  }

  /** Indices of the elements that are not zero, a column each: a size that inputs decide. */
  static List<Tensor> nonZero(Node node, List<Optional<Tensor>> inputs) {
    if (inputs.isEmpty() || inputs.get(0).isEmpty()) {
      return List.of();
    }
    Tensor input = inputs.get(0).get();
    if (input.rank() == 0 || (long) input.elements() * input.rank() > Folding.MAX_ELEMENTS) {
      return List.of();
    }
    if (input.elements() == 0) {
      return List.of(Tensor.of(new long[0], input.rank(), 0));
    }
    int[] found =
        IntStream.range(0, input.elements()).filter(i -> input.getDouble(i) != 0).toArray();
    int[] strides = Indices.strides(input.sizes());
    List<Long> indices = new ArrayList<>();
    for (int axis = 0; axis < strides.length; axis++) {
      for (int position : found) {
        indices.add(position / strides[axis] % input.sizes()[axis]);
      }
    }
    long[] elements = indices.stream().mapToLong(Long::longValue).toArray();
    return List.of(Tensor.of(elements, strides.length, found.length));
  }

  static Tensor oneHot(Folding node) {
    long[] indices = node.input(0).toLongs();
    Tensor values = node.input(2);
    long[] sizes = node.sizes();
    int axis = node.axis(-1, sizes.length);
    long depth = sizes[axis];
    int stride = Indices.strides(sizes)[axis];
    Assembly result = new Assembly(node.type(), sizes);
    for (int i = 0; i < node.elements(); i++) {
      int outer = i / stride / (int) depth;
      long index = indices[outer * stride + i % stride];
      boolean hot = (index < 0 ? index + depth : index) == i / stride % depth;
      result.copy(i, values, hot ? 1 : 0);
    }
    return result.tensor();
  }
}
