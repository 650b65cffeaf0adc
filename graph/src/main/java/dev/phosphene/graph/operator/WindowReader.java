package dev.phosphene.graph.operator;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads and checks the attributes that make a {@link Window}. */
final class WindowReader {
  private enum Padding {
    EXPLICIT,
    SAME_UPPER,
    SAME_LOWER
  }

  private final Node node;
  private final Shape input;
  private final int rank;
  private final long[] kernel;
  private final long[] strides;
  private final long[] dilations;
  private final Padding padding;
  private final long[] pads;

  WindowReader(Node node, Shape input, long[] kernel) {
    this.node = node;
    this.input = input;
    this.rank = kernel.length;
    if (rank == 0 || input.rank() != rank + 2) {
      throw error(
          "a kernel %s needs an input of %d axes [N, C, ...], found shape %s"
              .formatted(Axes.text(kernel), rank + 2, input));
    }
    this.kernel = requireAtLeast(1, "kernel sizes", kernel);
    this.strides = requireAtLeast(1, "strides", read("strides", rank, 1));
    this.dilations = requireAtLeast(1, "dilations", read("dilations", rank, 1));
    String automatic = node.attributes().text("auto_pad", "NOTSET");
    this.padding =
        switch (automatic) {
          case "NOTSET", "", "VALID" -> Padding.EXPLICIT;
          case "SAME_UPPER" -> Padding.SAME_UPPER;
          case "SAME_LOWER" -> Padding.SAME_LOWER;
          default ->
              throw error(
                  "auto_pad should be NOTSET, VALID, SAME_UPPER or SAME_LOWER, found \""
                      + automatic
                      + '"');
        };
    boolean explicit = !automatic.equals("VALID") && padding == Padding.EXPLICIT;
    this.pads =
        explicit ? requireAtLeast(0, "pads", read("pads", 2 * rank, 0)) : new long[2 * rank];
  }

  Window window() {
    boolean ceiling = node.attributes().flag("ceil_mode", false);
    List<Window.Axis> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      try {
        axes.add(axis(i, ceiling));
      } catch (ArithmeticException e) {
        throw overflow(e);
      }
    }
    return new Window(axes);
  }

  private Window.Axis axis(int i, boolean ceiling) {
    long size = input.size(i + 2);
    long extent = extent(i);
    if (padding != Padding.EXPLICIT) {
      if (size < 0) {
        return axis(i, -1, -1, 0, -1, -1);
      }
      long output = size == 0 ? 0 : (size - 1) / strides[i] + 1;
      long reach = Math.addExact(Math.multiplyExact(output - 1, strides[i]), extent);
      long total = Math.max(0, Math.subtractExact(reach, size));
      requirePositive(i, output, extent);
      long begin = padding == Padding.SAME_UPPER ? total / 2 : total - total / 2;
      return axis(i, begin, total - begin, 0, size, output);
    }
    long begin = pads[i];
    long end = pads[rank + i];
    if (size < 0) {
      return axis(i, begin, end, 0, -1, -1);
    }
    long padded = Math.addExact(size, Math.addExact(begin, end));
    long room = padded - extent;
    requirePositive(i, room < 0 ? 0 : 1, extent);
    long output = room / strides[i] + 1;
    if (ceiling && room % strides[i] != 0) {
      // One more position, if it starts inside the input or the padding before it.
      boolean starts = Math.multiplyExact(output, strides[i]) < Math.addExact(size, begin);
      output += starts ? 1 : 0;
    }
    return axis(i, begin, end, 0, size, output);
  }

  Window transposed() {
    long[] extra = requireAtLeast(0, "output_padding", read("output_padding", rank, 0));
    Optional<long[]> wanted = node.attributes().integers("output_shape").filter(w -> w.length > 0);
    List<Window.Axis> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      try {
        long target = -1;
        if (wanted.isPresent()) {
          target = spatialEntry(wanted.get(), i);
        } else if (padding != Padding.EXPLICIT && input.size(i + 2) >= 0) {
          target = Math.multiplyExact(input.size(i + 2), strides[i]);
        }
        axes.add(transposedAxis(i, extra[i], target, wanted.isPresent()));
      } catch (ArithmeticException e) {
        throw overflow(e);
      }
    }
    return new Window(axes);
  }

  /** The attribute output_shape has entries for spatial axes, in old files also for N and C. */
  private long spatialEntry(long[] sizes, int i) {
    if (sizes.length != rank && sizes.length != rank + 2) {
      throw error(
          "output_shape should have %d entries, found %s".formatted(rank, Axes.text(sizes)));
    }
    long size = sizes[sizes.length - rank + i];
    if (size < 1) {
      throw error("output_shape should be positive, found " + Axes.text(sizes));
    }
    return size;
  }

  private Window.Axis transposedAxis(int i, long extra, long target, boolean given) {
    long size = input.size(i + 2);
    if (size < 0) {
      boolean fixed = padding == Padding.EXPLICIT && !given;
      return axis(i, fixed ? pads[i] : -1, fixed ? pads[rank + i] : -1, extra, -1, target);
    }
    long full =
        Math.addExact(Math.multiplyExact(size - 1, strides[i]), Math.addExact(extent(i), extra));
    if (target < 0) {
      long output = Math.subtractExact(full, Math.addExact(pads[i], pads[rank + i]));
      requirePositive(i, output, extent(i));
      return axis(i, pads[i], pads[rank + i], extra, size, output);
    }
    requirePositive(i, target, extent(i));
    long total = Math.subtractExact(full, target);
    if (total >= 0) {
      long begin = padding == Padding.SAME_UPPER ? total / 2 : total - total / 2;
      return axis(i, begin, total - begin, extra, size, target);
    }
    // Padding is never negative: a larger output has zeros at its end.
    return given
        ? axis(i, 0, 0, Math.subtractExact(extra, total), size, target)
        : axis(i, 0, 0, extra, size, full);
  }

  private Window.Axis axis(int i, long begin, long end, long extra, long in, long out) {
    return new Window.Axis(kernel[i], strides[i], dilations[i], begin, end, extra, in, out);
  }

  private long extent(int i) {
    return Math.addExact(Math.multiplyExact(kernel[i] - 1, dilations[i]), 1);
  }

  private long[] read(String attribute, int length, long otherwise) {
    Attributes attributes = node.attributes();
    long[] values = attributes.integers(attribute).orElse(new long[0]);
    if (values.length == 0) {
      long[] defaults = new long[length];
      Arrays.fill(defaults, otherwise);
      return defaults;
    }
    if (values.length != length) {
      throw error(
          "%s should have %d entries for %d spatial axes, found %s"
              .formatted(attribute, length, rank, Axes.text(values)));
    }
    return values;
  }

  private long[] requireAtLeast(long least, String what, long[] values) {
    if (Arrays.stream(values).anyMatch(value -> value < least)) {
      throw error("%s should be at least %d, found %s".formatted(what, least, Axes.text(values)));
    }
    return values;
  }

  private void requirePositive(int i, long output, long extent) {
    if (output < 1) {
      throw error(
          "a kernel that covers %d elements does not fit input %s along axis %d with pads %s"
              .formatted(extent, input, i + 2, Axes.text(pads)));
    }
  }

  private PhospheneException overflow(ArithmeticException cause) {
    return new PhospheneException(
        node.describe() + ": sizes of its window overflow 64 bits, input " + input, cause);
  }

  private PhospheneException error(String problem) {
    return new PhospheneException(node.describe() + ": " + problem);
  }
}
