package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Convolutions. Keras' kernels are {@code [spatial..., input channels, filters]}, the graph's
 * {@code [filters, input channels, spatial...]}.
 */
final class Convolutions {
  private Convolutions() {}

  static void register(Registration table) {
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      table
          .layer("Conv%dD".formatted(axes), call -> convolution(call, spatial))
          .layer("Conv%dDTranspose".formatted(axes), call -> transposed(call, spatial));
    }
    for (int axes = 1; axes <= 2; axes++) {
      int spatial = axes;
      table
          .layer("DepthwiseConv%dD".formatted(axes), call -> depthwise(call, spatial))
          .layer("SeparableConv%dD".formatted(axes), call -> separable(call, spatial));
    }
    // What Keras 2 called some of them as well.
    table
        .layer("Convolution1D", call -> convolution(call, 1))
        .layer("Convolution2D", call -> convolution(call, 2))
        .layer("Convolution3D", call -> convolution(call, 3))
        .layer("Convolution2DTranspose", call -> transposed(call, 2))
        .layer("SeparableConvolution2D", call -> separable(call, 2));
  }

  private static Value convolution(LayerCall call, int axes) {
    Value x = ChannelOrder.toFirst(call, call.input(axes + 2));
    Sliding sliding = Sliding.ofConvolution(call, axes);
    long filters = call.config().count("filters");
    long groups = call.config().integer("groups", 1);
    long channels = call.size(x, 1);
    if (groups < 1 || channels % groups != 0 || filters % groups != 0) {
      throw call.error(
          "%d channels and %d filters cannot be in %d groups".formatted(channels, filters, groups));
    }
    Tensor kernel = upright(call, sliding.kernel(), channels / groups, filters);
    Value weight = call.constant("kernel", outermost(kernel, axes));
    return finished(call, x, weight, sliding, groups, filters);
  }

  /** Each channel by itself gives {@code depth_multiplier} filters. */
  private static Value depthwise(LayerCall call, int axes) {
    Value x = ChannelOrder.toFirst(call, call.input(axes + 2));
    Sliding sliding = Sliding.ofConvolution(call, axes);
    long channels = call.size(x, 1);
    long filters = channels * call.config().integer("depth_multiplier", 1);
    Value weight = depthwiseKernel(call, sliding, channels);
    return finished(call, x, weight, sliding, channels, filters);
  }

  private static Value separable(LayerCall call, int axes) {
    Value x = ChannelOrder.toFirst(call, call.input(axes + 2));
    Sliding sliding = Sliding.ofConvolution(call, axes);
    long channels = call.size(x, 1);
    long between = channels * call.config().integer("depth_multiplier", 1);
    long filters = call.config().count("filters");
    Value depthwise = depthwiseKernel(call, sliding, channels);
    long[] ones = new long[axes];
    Arrays.fill(ones, 1);
    Tensor pointwise = kernel(call, "pointwise_kernel", ones, between, filters);
    Value middle =
        call.graph().apply("Conv", sliding.attributes(x).with("group", channels), x, depthwise);
    Value weight = call.constant("pointwise_kernel", outermost(pointwise, axes));
    return finished(call, middle, weight, new Sliding(ones, ones, ones, "valid"), 1, filters);
  }

  private static Value depthwiseKernel(LayerCall call, Sliding sliding, long channels) {
    int axes = sliding.axes();
    long multiplier = call.config().integer("depth_multiplier", 1);
    Tensor kernel = kernel(call, "depthwise_kernel", sliding.kernel(), channels, multiplier);
    int[] order = new int[axes + 2];
    order[0] = axes;
    order[1] = axes + 1;
    IntStream.range(0, axes).forEach(axis -> order[axis + 2] = axis);
    long[] sizes = new long[axes + 2];
    sizes[0] = channels * multiplier;
    sizes[1] = 1;
    System.arraycopy(sliding.kernel(), 0, sizes, 2, axes);
    Tensor ordered = KernelOrder.permuted(kernel, order).reshaped(sizes);
    return call.constant("depthwise_kernel", ordered);
  }

  private static Tensor kernel(
      LayerCall call, String what, long[] spatial, long channels, long filters) {
    long[] sizes = Arrays.copyOf(spatial, spatial.length + 2);
    sizes[spatial.length] = channels;
    sizes[spatial.length + 1] = filters;
    return call.weight(what, sizes);
  }

  /**
   * A kernel with these sizes, the right way up. Depthwise ones always are: Keras turned those on
   * Theano itself.
   */
  private static Tensor upright(LayerCall call, long[] spatial, long channels, long filters) {
    Tensor kernel = kernel(call, "kernel", spatial, channels, filters);
    return call.weights().isFlipped() ? KernelOrder.reversed(kernel, spatial.length) : kernel;
  }

  /** The last two axes of a kernel, swapped, before the spatial ones. */
  private static Tensor outermost(Tensor kernel, int axes) {
    int[] order = new int[axes + 2];
    order[0] = axes + 1;
    order[1] = axes;
    IntStream.range(0, axes).forEach(axis -> order[axis + 2] = axis);
    return KernelOrder.permuted(kernel, order);
  }

  /** Convolution, bias and activation, and channels back where they were. */
  private static Value finished(
      LayerCall call, Value x, Value weight, Sliding sliding, long groups, long filters) {
    Attributes attributes = sliding.attributes(x);
    if (groups != 1) {
      attributes = attributes.with("group", groups);
    }
    return activated(
        call, call.graph().apply("Conv", attributes, operands(call, x, weight, filters)));
  }

  private static Value[] operands(LayerCall call, Value x, Value weight, long filters) {
    List<Value> operands = new ArrayList<>(List.of(x, weight));
    if (call.config().flag("use_bias", true)) {
      operands.add(call.constant("bias", call.weight("bias", filters)));
    }
    return operands.toArray(Value[]::new);
  }

  private static Value activated(LayerCall call, Value convolved) {
    return Activations.apply(call, "activation", ChannelOrder.restore(call, convolved));
  }

  /**
   * The transposition of a convolution from {@code output} to {@code input} positions: of {@code
   * same}, {@code output = input * stride}; of {@code valid}, what the kernel reaches.
   */
  private static Value transposed(LayerCall call, int axes) {
    Emitter graph = call.graph();
    Value x = ChannelOrder.toFirst(call, call.input(axes + 2));
    Sliding sliding = Sliding.ofConvolution(call, axes);
    long filters = call.config().count("filters");
    long channels = call.size(x, 1);
    // The kernel has filters before input channels here, as the graph's has input channels first.
    Tensor kernel = upright(call, sliding.kernel(), filters, channels);
    Value weight = call.constant("kernel", outermost(kernel, axes));
    boolean isSame = sliding.padding().equals("same");
    boolean isGiven = call.config().has("output_padding");
    long[] given = call.config().integers("output_padding", axes, 0);
    long[] pads = new long[2 * axes];
    long[] outputPadding = new long[axes];
    for (int axis = 0; axis < axes; axis++) {
      long stride = sliding.strides()[axis];
      long extent = sliding.extent(axis);
      // How much shorter the output is than all that the kernel reaches.
      long cut;
      if (isGiven) {
        cut = (isSame ? 2 * (sliding.kernel()[axis] / 2) : 0) - given[axis];
      } else {
        cut = isSame ? extent - stride : Math.min(0, extent - stride);
      }
      if (cut < 0) {
        outputPadding[axis] = -cut;
      } else {
        pads[axis] = cut / 2;
        pads[axes + axis] = cut - cut / 2;
      }
    }
    Attributes attributes =
        Attributes.of("kernel_shape", sliding.kernel(), "strides", sliding.strides())
            .with("dilations", sliding.dilations())
            .with("pads", pads)
            .with("output_padding", outputPadding);
    return activated(
        call, graph.apply("ConvTranspose", attributes, operands(call, x, weight, filters)));
  }
}
