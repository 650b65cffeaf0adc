package dev.phosphene.graph.operator;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How a convolution or pooling moves its kernel over the spatial axes of {@code [N, C, D1, ...]},
 * with every default and every form of padding resolved.
 *
 * @param axes one entry a spatial axis
 */
public record Window(List<Axis> axes) {
  /**
   * The window along one spatial axis.
   *
   * <p>With {@code extent = (kernel - 1) * dilation + 1}, a window without ceiling has {@code
   * output = (input + padBegin + padEnd - extent) / stride + 1}, and a transposed one {@code output
   * = (input - 1) * stride + extent + outputPadding - padBegin - padEnd}, exactly. With ceiling the
   * last position of the kernel may reach beyond the padding.
   *
   * @param kernel number of taps, at least 1
   * @param stride at least 1
   * @param dilation distance of taps, at least 1
   * @param padBegin elements of padding before the first, -1 where it depends on an unknown size
   * @param padEnd elements of padding after the last, -1 where it depends on an unknown size
   * @param outputPadding of a transposed convolution; else 0
   * @param input size of the input, -1 where it is not known
   * @param output size of the output, -1 where it is not known
   */
  public record Axis(
      long kernel,
      long stride,
      long dilation,
      long padBegin,
      long padEnd,
      long outputPadding,
      long input,
      long output) {
    /** Elements from the first to the last tap. */
    public long extent() {
      return (kernel - 1) * dilation + 1;
    }
  }

  public Window {
    axes = List.copyOf(axes);
  }

  /**
   * The window of a convolution or pooling, from the node's attributes {@code strides}, {@code
   * dilations}, {@code pads}, {@code auto_pad} and {@code ceil_mode}.
   *
   * @param input shape {@code [N, C, D1, ...]}; its rank must be known
   * @param kernel sizes along the spatial axes
   * @throws PhospheneException where they contradict each other, or an output would be empty
   */
  public static Window of(Node node, Shape input, long[] kernel) {
    return new WindowReader(node, input, kernel).window();
  }

  /**
   * The window of a transposed convolution, from the same attributes and {@code output_padding} and
   * {@code output_shape}.
   *
   * @param input shape {@code [N, C, D1, ...]}; its rank must be known
   * @param kernel sizes along the spatial axes
   * @throws PhospheneException where they contradict each other, or an output would be empty
   */
  public static Window transposed(Node node, Shape input, long[] kernel) {
    return new WindowReader(node, input, kernel).transposed();
  }

  /** Number of spatial axes. */
  public int rank() {
    return axes.size();
  }

  /** Whether pads and sizes are known along all axes. */
  public boolean isStatic() {
    return axes.stream().allMatch(axis -> axis.input() >= 0 && axis.output() >= 0);
  }

  public long[] kernel() {
    return along(Axis::kernel);
  }

  public long[] strides() {
    return along(Axis::stride);
  }

  public long[] dilations() {
    return along(Axis::dilation);
  }

  public long[] padsBegin() {
    return along(Axis::padBegin);
  }

  public long[] padsEnd() {
    return along(Axis::padEnd);
  }

  /** As the attribute {@code pads} has them: begins along all axes, then ends. */
  public long[] pads() {
    long[] pads = Arrays.copyOf(padsBegin(), 2 * rank());
    System.arraycopy(padsEnd(), 0, pads, rank(), rank());
    return pads;
  }

  public long[] outputPadding() {
    return along(Axis::outputPadding);
  }

  public long[] inputSizes() {
    return along(Axis::input);
  }

  public long[] outputSizes() {
    return along(Axis::output);
  }

  private long[] along(ToLongFunction<Axis> what) {
    return axes.stream().mapToLong(what).toArray();
  }

  /** The output's shape {@code [batch, channels, outputSizes...]}. */
  Shape output(Dimension batch, Dimension channels) {
    List<Dimension> sizes = new ArrayList<>(List.of(batch, channels));
    axes.forEach(axis -> sizes.add(Dimension.of(axis.output())));
    return Shape.of(sizes);
  }
}
