package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The transpose of summing over windows, which gradients of poolings need. */
final class WindowSpread {
  private final Emitter graph;
  private final Window window;

  WindowSpread(Emitter graph, Window window) {
    this.graph = graph;
    this.window = window;
  }

  /** Number of taps of a whole window. */
  long area() {
    return Arrays.stream(window.kernel()).reduce(1, (a, b) -> a * b);
  }

  /** Adds each element of {@code [N, C, outputs...]} to all elements of the input in its window. */
  Value sum(Value value) {
    return graph.multiply(mean(value), (double) area());
  }

  /** {@link #sum} divided by {@link #area}. */
  Value mean(Value value) {
    return isPartition() ? repeat(value) : averageOfSpread(value);
  }

  /** Whether windows neither overlap nor leave gaps nor reach into padding before the input. */
  private boolean isPartition() {
    return window.axes().stream()
        .allMatch(
            axis -> axis.kernel() == axis.stride() && axis.dilation() == 1 && axis.padBegin() == 0);
  }

  private Value repeat(Value value) {
    long[] sizes = value.shape().sizes();
    int spatial = window.rank();
    long[] apart = Arrays.copyOf(sizes, 2 + 2 * spatial);
    long[] repeated = apart.clone();
    long[] merged = sizes.clone();
    long[] ends = new long[spatial];
    for (int i = 0; i < spatial; i++) {
      Window.Axis axis = window.axes().get(i);
      apart[2 + 2 * i] = axis.output();
      apart[3 + 2 * i] = 1;
      repeated[2 + 2 * i] = axis.output();
      repeated[3 + 2 * i] = axis.kernel();
      merged[2 + i] = axis.output() * axis.kernel();
      ends[i] = axis.input() - merged[2 + i];
    }
    Value share = graph.multiply(value, 1.0 / area());
    Value blocks = graph.expand(graph.reshape(share, apart), repeated);
    return Frame.resize(graph, graph.reshape(blocks, merged), new long[spatial], ends);
  }

  private Value averageOfSpread(Value value) {
    Value spread = Frame.spread(graph, value, window.strides());
    long[] begins =
        window.axes().stream().mapToLong(axis -> axis.extent() - 1 - axis.padBegin()).toArray();
    long[] ends =
        IntStream.range(0, window.rank())
            .mapToLong(
                i -> {
                  Window.Axis axis = window.axes().get(i);
                  return axis.input() + axis.padBegin() - spread.size(i + 2);
                })
            .toArray();
    Value framed = Frame.crop(graph, spread, begins, ends);
    Attributes attributes =
        Frame.unstrided(window.dilations(), Frame.spatialPads(begins, ends))
            .with("kernel_shape", window.kernel());
    if (Arrays.stream(window.dilations()).allMatch(dilation -> dilation == 1)) {
      return graph.apply("AveragePool", attributes.with("count_include_pad", 1), framed);
    }
    // ONNX Runtime's poolings refuse pads as large as the kernel, which dilation makes necessary.
    long channels = value.size(1);
    double[] shares = new double[Math.toIntExact(channels * area())];
    Arrays.fill(shares, 1.0 / area());
    long[] kernelSizes = value.shape().sizes();
    kernelSizes[0] = channels;
    kernelSizes[1] = 1;
    System.arraycopy(window.kernel(), 0, kernelSizes, 2, window.rank());
    Value kernel = graph.constant(Tensor.converted(value.type(), shares, kernelSizes));
    return graph.apply("Conv", attributes.with("group", channels), framed, kernel);
  }

  /**
   * Taps of each window over the average number of taps, {@code area / taps}, of shape {@code [1,
   * 1, outputs...]}.
   *
   * @param countPadding whether taps on padding (not those beyond it) are counted
   */
  double[] areaOverTaps(boolean countPadding) {
    double[] factors = {1};
    for (Window.Axis axis : window.axes()) {
      double[] along = new double[Math.toIntExact(axis.output())];
      for (int o = 0; o < along.length; o++) {
        along[o] = axis.kernel() / (double) Math.max(1, taps(axis, o, countPadding));
      }
      double[] previous = factors;
      factors = new double[Math.multiplyExact(previous.length, along.length)];
      for (int i = 0; i < factors.length; i++) {
        factors[i] = previous[i / along.length] * along[i % along.length];
      }
    }
    return factors;
  }

  private static long taps(Window.Axis axis, long output, boolean countPadding) {
    long from = countPadding ? -axis.padBegin() : 0;
    long to = countPadding ? axis.input() + axis.padEnd() : axis.input();
    long start = output * axis.stride() - axis.padBegin();
    long first = Math.max(0, -Math.floorDiv(start - from, axis.dilation()));
    long last = Math.min(axis.kernel() - 1, Math.floorDiv(to - 1 - start, axis.dilation()));
    return last - first + 1;
  }

  /** The value with each window's element multiplied by its factor. */
  Value scaled(Value value, double[] factors) {
    if (Arrays.stream(factors).allMatch(factor -> factor == 1)) {
      return value;
    }
    long[] sizes = value.shape().sizes();
    sizes[0] = 1;
    sizes[1] = 1;
    return graph.multiply(value, graph.constant(Tensor.converted(value.type(), factors, sizes)));
  }
}
