package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import java.util.Arrays;

/**
 * How a convolution or pooling moves over the spatial axes, from a layer's configuration.
 *
 * @param kernel sizes along the spatial axes
 * @param strides along them
 * @param dilations distance of the kernel's elements along them
 * @param padding {@code valid}, {@code same} or {@code causal}
 */
record Sliding(long[] kernel, long[] strides, long[] dilations, String padding) {
  /** That of a convolution. */
  static Sliding ofConvolution(LayerCall call, int axes) {
    return new Sliding(
        call.config().counts("kernel_size", axes, 1),
        call.config().counts("strides", axes, 1),
        call.config().counts("dilation_rate", axes, 1),
        padding(call));
  }

  /** That of a pooling, whose strides are its size where they are not given. */
  static Sliding ofPooling(LayerCall call, int axes) {
    // Keras 2.1 called the size of one-dimensional poolings pool_length in its oldest files.
    long[] kernel = call.config().counts("pool_size", axes, 2);
    long[] strides =
        call.config().has("strides") ? call.config().counts("strides", axes, 1) : kernel;
    long[] dilations = new long[axes];
    Arrays.fill(dilations, 1);
    return new Sliding(kernel, strides, dilations, padding(call));
  }

  private static String padding(LayerCall call) {
    String padding = call.config().text("padding", "valid");
    if (!padding.equals("valid") && !padding.equals("same") && !padding.equals("causal")) {
      throw call.config().unexpected("padding", "\"valid\", \"same\" or \"causal\"");
    }
    return padding;
  }

  int axes() {
    return kernel.length;
  }

  long extent(int axis) {
    return (kernel[axis] - 1) * dilations[axis] + 1;
  }

  /**
   * Attributes of the operator for an input {@code [N, C, ...]}: of {@code same}, the output has
   * one position for each stride of the input, and what is padded more goes to the end.
   */
  Attributes attributes(Value input) {
    Attributes attributes = Attributes.of("kernel_shape", kernel, "strides", strides);
    if (Arrays.stream(dilations).anyMatch(dilation -> dilation != 1)) {
      attributes = attributes.with("dilations", dilations);
    }
    if (padding.equals("valid")) {
      return attributes;
    }
    long[] pads = new long[2 * axes()];
    for (int axis = 0; axis < axes(); axis++) {
      long total;
      if (padding.equals("causal")) {
        pads[axis] = extent(axis) - 1;
        continue;
      } else if (strides[axis] == 1) {
        total = extent(axis) - 1;
      } else if (input.size(axis + 2) >= 0) {
        long size = input.size(axis + 2);
        long positions = (size + strides[axis] - 1) / strides[axis];
        total = Math.max(0, (positions - 1) * strides[axis] + extent(axis) - size);
      } else {
        return attributes.with("auto_pad", "SAME_UPPER");
      }
      pads[axis] = total / 2;
      pads[axes() + axis] = total - total / 2;
    }
    return attributes.with("pads", pads);
  }
}
