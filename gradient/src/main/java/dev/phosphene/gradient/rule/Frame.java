package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Cuts and widens the spatial axes of {@code [N, C, D1, ...]}, and puts zeros between elements. */
final class Frame {
  private Frame() {}

  /**
   * Adds zeros before and after each spatial axis, or removes elements where a number is negative.
   *
   * @param begins one number a spatial axis
   * @param ends one number a spatial axis
   */
  static Value resize(Emitter graph, Value value, long[] begins, long[] ends) {
    return graph.padZeros(crop(graph, value, begins, ends), pads(begins, ends));
  }

  /** Removes elements where a number is negative; where it is positive, leaves the axis. */
  static Value crop(Emitter graph, Value value, long[] begins, long[] ends) {
    int[] cropped =
        IntStream.range(0, begins.length).filter(i -> begins[i] < 0 || ends[i] < 0).toArray();
    if (cropped.length == 0) {
      return value;
    }
    long[] from = Arrays.stream(cropped).mapToLong(i -> Math.max(0, -begins[i])).toArray();
    long[] to =
        Arrays.stream(cropped).mapToLong(i -> value.size(i + 2) - Math.max(0, -ends[i])).toArray();
    long[] axes = Arrays.stream(cropped).mapToLong(i -> i + 2).toArray();
    return graph.apply(
        "Slice", value, graph.integers(from), graph.integers(to), graph.integers(axes));
  }

  /** What remains to be padded after {@link #crop}, begins then ends, for the spatial axes. */
  static long[] spatialPads(long[] begins, long[] ends) {
    long[] pads = new long[2 * begins.length];
    for (int i = 0; i < begins.length; i++) {
      pads[i] = Math.max(0, begins[i]);
      pads[begins.length + i] = Math.max(0, ends[i]);
    }
    return pads;
  }

  private static long[] pads(long[] begins, long[] ends) {
    int rank = begins.length + 2;
    long[] spatial = spatialPads(begins, ends);
    long[] pads = new long[2 * rank];
    System.arraycopy(spatial, 0, pads, 2, begins.length);
    System.arraycopy(spatial, begins.length, pads, rank + 2, begins.length);
    return pads;
  }

  /**
   * Puts each element at a multiple of the stride, with zeros between: {@code [N, C, D1, ...]}
   * becomes {@code [N, C, D1 * stride1, ...]}.
   */
  static Value spread(Emitter graph, Value value, long[] strides) {
    if (Arrays.stream(strides).allMatch(stride -> stride == 1)) {
      return value;
    }
    long[] sizes = value.shape().sizes();
    int spatial = strides.length;
    int rank = 2 + 2 * spatial;
    long[] apart = Arrays.copyOf(sizes, rank);
    long[] pads = new long[2 * rank];
    long[] spreadSizes = sizes.clone();
    for (int i = 0; i < spatial; i++) {
      apart[2 + 2 * i] = sizes[2 + i];
      apart[3 + 2 * i] = 1;
      pads[rank + 3 + 2 * i] = strides[i] - 1;
      spreadSizes[2 + i] = sizes[2 + i] * strides[i];
    }
    return graph.reshape(graph.padZeros(graph.reshape(value, apart), pads), spreadSizes);
  }

  /** All axes but the second, over which what belongs to a channel is summed. */
  static long[] allButChannels(Value value) {
    return IntStream.range(0, value.rank()).filter(axis -> axis != 1).asLongStream().toArray();
  }

  /** Attributes of a convolution or pooling with stride 1. */
  static Attributes unstrided(long[] dilations, long[] pads) {
    return Attributes.of("dilations", dilations, "pads", pads);
  }
}
