package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The gradient of a convolution at its input, {@code dx[n, c, i] = sum over m, k of dy[n, m, o] *
 * W[m, c, k] where o * stride + k * dilation - pad = i}, in the formulation that runs fastest for
 * its shape.
 */
final class ConvolutionInput {
  /**
   * Elements of kernels up to which a flipped copy is worth its memory. While the runtime makes a
   * session, weights of flipped convolutions are there three times, those of transposed ones once;
   * these take up to twice as long. Ordinary networks stay below: vgg16 has kernels of 2.4 million
   * elements.
   */
  private static final long LARGEST_FLIPPED = 6_000_000;

  private final Emitter graph;
  private final Window window;
  private final int group;
  private final Value weight;

  /**
   * Prepares a gradient.
   *
   * @param weight {@code [M, C / group, ...]}
   */
  ConvolutionInput(Emitter graph, Window window, long group, Value weight) {
    this.graph = graph;
    this.window = window;
    this.group = Math.toIntExact(group);
    this.weight = weight;
  }

  /** The gradient at the input, from the gradient {@code [N, M, ...]} at the output. */
  Value gradient(Value gradient) {
    boolean isUnstrided = Arrays.stream(window.strides()).allMatch(stride -> stride == 1);
    if (isUnstrided && weight.shape().elements() <= LARGEST_FLIPPED) {
      return flipped(gradient);
    }
    return transposed(gradient);
  }

  /** A convolution with the flipped kernel. */
  private Value flipped(Value gradient) {
    long[] begins =
        window.axes().stream().mapToLong(axis -> axis.extent() - 1 - axis.padBegin()).toArray();
    long[] ends =
        window.axes().stream().mapToLong(axis -> axis.extent() - 1 - axis.padEnd()).toArray();
    Attributes attributes =
        Frame.unstrided(window.dilations(), Frame.spatialPads(begins, ends)).with("group", group);
    Value framed = Frame.crop(graph, gradient, begins, ends);
    return graph.apply("Conv", attributes, framed, flippedWeight());
  }

  private Value transposed(Value gradient) {
    int rank = window.rank();
    long[] pads = Arrays.copyOf(window.padsBegin(), 2 * rank);
    long[] untouched = new long[rank];
    for (int i = 0; i < rank; i++) {
      Window.Axis axis = window.axes().get(i);
      long covered = (axis.output() - 1) * axis.stride() + axis.extent() - axis.padBegin();
      pads[rank + i] = Math.max(0, covered - axis.input());
      untouched[i] = Math.max(0, axis.input() - covered);
    }
    Attributes attributes =
        Attributes.of(
            "strides", window.strides(),
            "dilations", window.dilations(),
            "pads", pads,
            "output_padding", untouched,
            "group", group);
    return graph.apply("ConvTranspose", attributes, gradient, weight);
  }

  /** {@code [M, C / group, ...]} to {@code [C, M / group, ...]}, reversed along spatial axes. */
  private Value flippedWeight() {
    long[] sizes = weight.shape().sizes();
    long outputs = sizes[0] / group;
    Value exchanged = weight;
    if (group == 1) {
      exchanged = graph.transpose(weight, exchange(0, sizes.length));
    } else if (outputs != 1 || sizes[1] != 1) {
      long[] byGroup = new long[sizes.length + 1];
      System.arraycopy(sizes, 0, byGroup, 1, sizes.length);
      byGroup[0] = group;
      byGroup[1] = outputs;
      long[] merged = sizes.clone();
      merged[0] = group * sizes[1];
      merged[1] = outputs;
      Value grouped = graph.reshape(weight, byGroup);
      exchanged = graph.reshape(graph.transpose(grouped, exchange(1, byGroup.length)), merged);
    }
    int[] longer = IntStream.range(2, sizes.length).filter(axis -> sizes[axis] > 1).toArray();
    return longer.length == 0 ? exchanged : graph.reverse(exchanged, longer);
  }

  /** A permutation of axes that exchanges one with the next. */
  private static int[] exchange(int axis, int rank) {
    int[] permutation = IntStream.range(0, rank).toArray();
    permutation[axis] = axis + 1;
    permutation[axis + 1] = axis;
    return permutation;
  }
}
