package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.shortInteger;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gradients of Fourier transforms: the transform the other way. */
final class FourierTransforms {
  private FourierTransforms() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("DFT", FourierTransforms::transformBack, transforms()),
        GradientEntry.of("STFT", DecomposedRule.of("STFT"), frames()));
  }

  private static List<GradientCase> transforms() {
    Input real = random(2, 5, 4, 1);
    Input complex = random(2, 5, 4, 2);
    Attributes none = Attributes.none();
    Attributes half = Attributes.of("onesided", 1);
    Attributes inverse = Attributes.of("inverse", 1);
    List<GradientCase> cases = new ArrayList<>();
    for (long axis : new long[] {-2, 1}) {
      String along = ", axis " + axis;
      cases.add(form(real, absent(), axis, none).named("real" + along));
      cases.add(form(complex, absent(), axis, none).named("complex" + along));
      cases.add(form(real, absent(), axis, half).named("half the spectrum" + along));
      cases.add(form(complex, absent(), axis, inverse).named("inverse" + along));
      cases.add(form(real, absent(), axis, inverse).named("inverse of real" + along));
    }
    for (long length : new long[] {3, 7}) {
      Input given = fixed(Tensor.scalar(length));
      String of = ", dft_length " + length;
      cases.add(form(real, given, 1, none).named("real" + of));
      cases.add(form(complex, given, 1, inverse).named("inverse" + of));
      cases.add(form(real, given, 1, half).named("half the spectrum" + of));
    }
    cases.add(GradientCase.of("DFT", complex).named("axis by default"));
    cases.add(GradientCase.of("DFT", complex).with(inverse).named("inverse, axis by default"));
    cases.add(GradientCase.of("DFT", real).with(half).named("half the spectrum, axis by default"));
    Input short7 = shortInteger(7);
    cases.add(GradientCase.of("DFT", real, short7).named("dft_length of int32, axis by default"));
    cases.add(form(real, short7, -2, half).named("half the spectrum, dft_length, axis -2"));
    Attributes back = Attributes.of("inverse", 1, "onesided", 1);
    cases.add(form(complex, absent(), 1, back).named("inverse of half the spectrum"));
    cases.add(form(complex, absent(), -2, back).named("inverse of half the spectrum, axis -2"));
    for (long length : new long[] {8, 9}) {
      Input given = fixed(Tensor.scalar(length));
      cases.add(
          form(complex, given, 1, back)
              .named("inverse of half the spectrum, dft_length " + length));
    }
    return cases;
  }

  private static GradientCase form(Input x, Input length, long axis, Attributes attributes) {
    return GradientCase.of("DFT", x, length, fixed(Tensor.scalar(axis))).with(attributes);
  }

  private static List<GradientCase> frames() {
    Input step = fixed(Tensor.scalar(3L));
    Input length = fixed(Tensor.scalar(4L));
    Input window = fixed(Tensor.of(new float[] {0.3f, 1, 0.8f, 0.2f}, 4));
    return List.of(
        GradientCase.of("STFT", random(2, 11, 1), step, window).named("window"),
        GradientCase.of("STFT", random(2, 11, 1), step, absent(), length).named("frame_length"),
        GradientCase.of("STFT", random(2, 11, 1), step, window, length).with("onesided", 0),
        GradientCase.of("STFT", random(1, 8, 1), fixed(Tensor.scalar(4L)), window)
            .named("frames side by side"),
        GradientCase.of("STFT", random(2, 11, 1), shortInteger(3), absent(), shortInteger(4))
            .with("onesided", 0)
            .named("lengths of int32, whole spectrum"));
  }

  /**
   * With F the transform of length n, y = F x, so that dx = conj(F)^T dy, which is n times the
   * inverse transform; for y = conj(F) x / n it is the transform of dy, by n.
   */
  private static void transformBack(Backward backward) {
    Value x = backward.input(0);
    long[] sizes = backward.sizes(x);
    int axis = axis(backward, sizes.length);
    boolean inverse = backward.attributes().flag("inverse", false);
    boolean half = backward.attributes().flag("onesided", false);
    if (inverse && half) {
      backward.give(0, spectrum(backward, axis));
      return;
    }
    long length = backward.has(1) ? backward.constant(1, "dft_length").getLong(0) : sizes[axis];
    Value gradient = resized(backward, backward.gradient(), axis, length);
    Value back =
        backward.apply(
            "DFT",
            Attributes.of("inverse", inverse ? 0 : 1),
            gradient,
            Value.ABSENT,
            backward.constant(Tensor.scalar((long) axis)));
    back = backward.multiply(back, inverse ? 1.0 / length : length);
    back = resized(backward, back, axis, sizes[axis]);
    int last = sizes.length - 1;
    backward.give(0, sizes[last] == 1 ? backward.slice(back, last, 0, 1) : back);
  }

  /**
   * From half a spectrum X to n real numbers: {@code y_t = sum_k w_k Re(X_k exp(i 2 pi k t / n)) /
   * n}, where w_k is 2 but for the first frequency and that of half the length, which have no
   * mirror images. So dX is {@code w_k / n} times the spectrum of dy.
   */
  private static Value spectrum(Backward backward, int axis) {
    long[] sizes = backward.sizes(backward.input(0));
    long length = backward.sizes(backward.output())[axis];
    long frequencies = length / 2 + 1;
    if (sizes[axis] != frequencies) {
      // The runtime puts the mirror images elsewhere than other programs do.
      throw backward.error(
          "a gradient of the inverse of length %d needs %d frequencies, found %d"
              .formatted(length, frequencies, sizes[axis]));
    }
    Value spectrum =
        backward.apply(
            "DFT",
            Attributes.of("onesided", 1),
            backward.slice(backward.gradient(), sizes.length - 1, 0, 1),
            Value.ABSENT,
            backward.constant(Tensor.scalar((long) axis)));
    double[] weights = new double[Math.toIntExact(frequencies)];
    Arrays.fill(weights, 2.0 / length);
    weights[0] = 1.0 / length;
    if (length % 2 == 0) {
      weights[weights.length - 1] = 1.0 / length;
    }
    long[] column = new long[sizes.length];
    Arrays.fill(column, 1);
    column[axis] = frequencies;
    Value factors = backward.constant(Tensor.converted(spectrum.type(), weights, column));
    return backward.multiply(spectrum, factors);
  }

  /** Cut off or continued with zeros at the end of an axis. */
  private static Value resized(Backward backward, Value value, int axis, long length) {
    long[] sizes = backward.sizes(value);
    if (sizes[axis] > length) {
      return backward.slice(value, axis, 0, length);
    }
    long[] pads = new long[2 * sizes.length];
    pads[sizes.length + axis] = length - sizes[axis];
    return backward.padZeros(value, pads);
  }

  private static int axis(Backward backward, int rank) {
    long axis = backward.has(2) ? backward.constant(2, "axis").getLong(0) : -2;
    return (int) (axis < 0 ? axis + rank : axis);
  }
}
