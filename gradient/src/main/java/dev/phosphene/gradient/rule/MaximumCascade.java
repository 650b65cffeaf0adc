package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds again, without indices, where a max pooling took its maxima, and moves the gradient there.
 *
 * <p>A pooling over several axes is a pooling over the last of them, then over the one before, and
 * so on; the way back goes axis by axis from the first, which keeps the order of the window's scan.
 * Along an axis, with x[j] the tap j of every window: t[0] = dy, t[j+1] = t[j] where y > x[j] and 0
 * elsewhere, and t[j] - t[j+1] is the share of tap j. The first tap that has the maximum takes all.
 *
 * <p>ONNX Runtime's pooling with indices is not vectorized and its ScatterElements runs on one
 * thread: on the poolings of GoogLeNet they took 1.5 to 3 times as long as this.
 */
final class MaximumCascade {
  /**
   * Slope of the ramp from 0 to 1 that serves as a step; differences of floats exceed its width.
   */
  private static final double STEEP = 1e30;

  /** Stands for infinity, of which a product with 0 would not be a number. */
  private static final float HIGHEST = 3e38f;

  /** Taps along all axes up to which a cascade is worth its nodes. */
  private static final long LONGEST = 40;

  private final Emitter graph;
  private final Window given;

  /**
   * With as many positions along each axis as the input has elements of every phase of the stride,
   * where that takes more of them: the shares of a tap then are as long as the phase that they go
   * to. No gradient comes to the positions that are added.
   */
  private final Window window;

  MaximumCascade(Emitter graph, Window window) {
    this.graph = graph;
    this.given = window;
    this.window = new Window(window.axes().stream().map(MaximumCascade::widened).toList());
  }

  private static Window.Axis widened(Window.Axis axis) {
    Window.Axis wide =
        new Window.Axis(
            axis.kernel(),
            axis.stride(),
            axis.dilation(),
            axis.padBegin(),
            axis.padEnd(),
            axis.outputPadding(),
            axis.input(),
            Math.max(axis.output(), phaseLength(axis)));
    return beyond(wide) < axis.kernel() ? wide : axis;
  }

  /** How many elements of the input are a stride apart, from the first to the last. */
  private static long phaseLength(Window.Axis axis) {
    return (axis.input() - 1) / axis.stride() + 1;
  }

  /**
   * Whether the window is small enough, and reaches beyond the input by less than ONNX Runtime's
   * poolings allow.
   */
  static boolean suits(Window window) {
    return Arrays.stream(window.kernel()).sum() <= LONGEST
        && window.axes().stream().allMatch(axis -> beyond(axis) < axis.kernel());
  }

  /**
   * The gradient at the pooling's input, in float32.
   *
   * @param input {@code [N, C, inputs...]}
   * @param output {@code [N, C, outputs...]}
   * @param gradient of the output's shape
   */
  Value gradient(Value input, Value output, Value gradient) {
    Value maxima = widened(output);
    Value moved = widened(gradient);
    for (int axis = 0; axis < window.rank(); axis++) {
      Value elements = pooledAfter(axis, input);
      moved = alongAxis(axis, elements, maxima, moved);
      maxima = elements;
    }
    return moved;
  }

  private Value widened(Value ofOutput) {
    long[] ends = new long[window.rank()];
    for (int axis = 0; axis < ends.length; axis++) {
      ends[axis] = window.axes().get(axis).output() - given.axes().get(axis).output();
    }
    return Frame.resize(graph, ofOutput, new long[ends.length], ends);
  }

  /** The input, pooled over the axes after this one. */
  private Value pooledAfter(int first, Value input) {
    int rank = window.rank();
    if (first == rank - 1) {
      return input;
    }
    long[] kernel = window.kernel();
    long[] strides = window.strides();
    long[] dilations = window.dilations();
    long[] pads = new long[2 * rank];
    for (int axis = 0; axis < rank; axis++) {
      if (axis <= first) {
        kernel[axis] = 1;
        strides[axis] = 1;
        dilations[axis] = 1;
      } else {
        pads[axis] = window.axes().get(axis).padBegin();
        pads[rank + axis] = beyond(window.axes().get(axis));
      }
    }
    Attributes attributes =
        Frame.unstrided(dilations, pads).with("kernel_shape", kernel).with("strides", strides);
    return graph.apply("MaxPool", attributes, input);
  }

  /** Elements by which the last window reaches beyond the input. */
  private static long beyond(Window.Axis axis) {
    long reach = (axis.output() - 1) * axis.stride() + axis.extent() - axis.padBegin();
    return Math.max(0, reach - axis.input());
  }

  private Value alongAxis(int i, Value elements, Value maxima, Value gradient) {
    Window.Axis axis = window.axes().get(i);
    Value padded = padded(i, elements);
    List<Value> shares = new ArrayList<>();
    Value rest = gradient;
    for (long tap = 0; tap < axis.kernel() - 1; tap++) {
      long start = tap * axis.dilation();
      long end = start + (axis.output() - 1) * axis.stride() + 1;
      Value read = graph.slice(padded, i + 2, start, end, axis.stride());
      Value isLess =
          graph.apply(
              "HardSigmoid",
              Attributes.of("alpha", STEEP, "beta", 0.0),
              graph.subtract(overPadding(i, tap, maxima), read));
      Value next = graph.multiply(rest, isLess);
      shares.add(graph.subtract(rest, next));
      rest = next;
    }
    shares.add(rest);
    return interleaved(i, shares);
  }

  private Value padded(int i, Value elements) {
    Window.Axis axis = window.axes().get(i);
    long[] pads = new long[2 * (window.rank() + 2)];
    pads[i + 2] = axis.padBegin();
    pads[window.rank() + 4 + i] = beyond(axis);
    return graph.padZeros(elements, pads);
  }

  /** The maxima, higher than the padding's zeros in windows of which this tap is on padding. */
  private Value overPadding(int i, long tap, Value maxima) {
    Window.Axis axis = window.axes().get(i);
    float[] raised = new float[Math.toIntExact(axis.output())];
    boolean isAny = false;
    for (int output = 0; output < given.axes().get(i).output(); output++) {
      long read = output * axis.stride() + tap * axis.dilation() - axis.padBegin();
      boolean isPadding = read < 0 || read >= axis.input();
      raised[output] = isPadding ? HIGHEST : 0;
      isAny |= isPadding;
    }
    if (!isAny) {
      return maxima;
    }
    long[] sizes = new long[window.rank() + 2];
    Arrays.fill(sizes, 1);
    sizes[i + 2] = raised.length;
    return graph.add(maxima, graph.constant(Tensor.of(raised, sizes)));
  }

  /** Puts the share of each tap at the element that it read: one phase of the stride at a time. */
  private Value interleaved(int i, List<Value> shares) {
    Window.Axis axis = window.axes().get(i);
    long stride = axis.stride();
    long length = phaseLength(axis);
    List<Value> phases = new ArrayList<>();
    for (long phase = 0; phase < stride; phase++) {
      phases.add(phase(i, shares, phase, length));
    }
    if (stride == 1) {
      return phases.get(0);
    }
    List<Value> apart = phases.stream().map(phase -> graph.unsqueeze(phase, i + 3)).toList();
    long[] sizes = phases.get(0).shape().sizes();
    sizes[i + 2] = length * stride;
    long[] none = new long[window.rank()];
    long[] ends = none.clone();
    ends[i] = axis.input() - sizes[i + 2];
    return Frame.crop(graph, graph.reshape(graph.concatenate(i + 3, apart), sizes), none, ends);
  }

  /** The elements {@code q * stride + phase} of the gradient, for q below the length. */
  private Value phase(int i, List<Value> shares, long phase, long length) {
    Window.Axis axis = window.axes().get(i);
    Value sum = Value.ABSENT;
    for (int tap = 0; tap < shares.size(); tap++) {
      long distance = phase + axis.padBegin() - tap * axis.dilation();
      // Element q gets the share of window q + shift.
      long shift = Math.floorDiv(distance, axis.stride());
      boolean meets = shift < axis.output() && length + shift > 0;
      if (distance % axis.stride() == 0 && meets) {
        long[] begins = new long[window.rank()];
        long[] ends = begins.clone();
        begins[i] = -shift;
        ends[i] = length - axis.output() + shift;
        Value placed = Frame.resize(graph, shares.get(tap), begins, ends);
        sum = sum.isPresent() ? graph.add(sum, placed) : placed;
      }
    }
    return sum.isPresent() ? sum : zeros(i, shares.get(0), length);
  }

  private Value zeros(int i, Value like, long length) {
    long[] sizes = like.shape().sizes();
    sizes[i + 2] = length;
    return graph.expand(graph.scalarLike(like, 0), sizes);
  }
}
