package dev.phosphene.image;

import java.util.Arrays;

/**
 * Separable resampling with a filter that widens when a picture shrinks, so that no detail aliases.
 *
 * <p>Output position {@code i} has its centre at {@code (i + 0.5) * scale} of the input, where
 * {@code scale = from / to}; the filter's support is stretched by {@code max(scale, 1)}; weights
 * are normalised to sum to 1 at the borders too. This is the convention of Pillow's {@code resize},
 * whose 8-bit results {@link #bytes} reproduces exactly: rows first, rounded to bytes, then
 * columns, with weights in fixed point.
 */
enum Resampling {
  /** Bilinear interpolation; a triangle when shrinking. */
  TRIANGLE(1) {
    @Override
    double weight(double distance) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },
  /** Bicubic interpolation by Keys' kernel with a = -1/2: smoother, overshoots slightly. */
  CUBIC(2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return (1.5 * x - 2.5) * x * x + 1;
      }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    }
  };

  /**
   * Fraction bits of a fixed-point weight: a sum of 8-bit samples then fits an int with its sign.
   */
  private static final int FRACTION = 32 - 8 - 2;

  private final double support;

  Resampling(double support) {
    this.support = support;
  }

  abstract double weight(double distance);

  /** The weights of the inputs {@code first, first + 1, ...} in one output. */
  private record Window(int first, double[] weights) {}

  private Window[] windows(int from, int to) {
    double scale = (double) from / to;
    double stretch = Math.max(scale, 1);
    double reach = support * stretch;
    Window[] windows = new Window[to];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int first = Math.max(0, (int) (centre - reach + 0.5));
      int end = Math.min(from, (int) (centre + reach + 0.5));
      double[] weights = new double[end - first];
      for (int k = 0; k < weights.length; k++) {
        weights[k] = weight((first + k - centre + 0.5) / stretch);
      }
      double sum = Arrays.stream(weights).sum();
      for (int k = 0; k < weights.length; k++) {
        weights[k] /= sum;
      }
      windows[i] = new Window(first, weights);
    }
    return windows;
  }

  /** Resamples interleaved bytes {@code [height, width, channels]}. */
  byte[] bytes(byte[] source, int width, int height, int channels, int newWidth, int newHeight) {
    byte[] rows = source;
    if (newWidth != width) {
      rows = new byte[height * newWidth * channels];
      Window[] windows = windows(width, newWidth);
      for (int x = 0; x < newWidth; x++) {
        int[] weights = fixed(windows[x].weights());
        for (int y = 0; y < height; y++) {
          int in = (y * width + windows[x].first()) * channels;
          int out = (y * newWidth + x) * channels;
          for (int c = 0; c < channels; c++) {
            rows[out + c] = weighted(source, in + c, channels, weights);
          }
        }
      }
    }
    if (newHeight == height) {
      return rows == source ? source.clone() : rows;
    }
    int stride = newWidth * channels;
    byte[] result = new byte[newHeight * stride];
    Window[] windows = windows(height, newHeight);
    for (int y = 0; y < newHeight; y++) {
      int[] weights = fixed(windows[y].weights());
      for (int x = 0; x < stride; x++) {
        result[y * stride + x] = weighted(rows, windows[y].first() * stride + x, stride, weights);
      }
    }
    return result;
  }

  private static int[] fixed(double[] weights) {
    int[] fixed = new int[weights.length];
    for (int k = 0; k < fixed.length; k++) {
      double scaled = weights[k] * (1 << FRACTION);
      fixed[k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return fixed;
  }

  private static byte weighted(byte[] samples, int first, int step, int[] weights) {
    int sum = 1 << (FRACTION - 1);
    for (int k = 0, at = first; k < weights.length; k++, at += step) {
      sum += (samples[at] & 0xFF) * weights[k];
    }
    return (byte) Math.max(0, Math.min(255, sum >> FRACTION));
  }

  /**
   * Resamples numbers along each of their axes in turn, the last first, without rounding.
   *
   * @param sizes of the axes of {@code source} in C order
   * @param newSizes as many
   */
  float[] array(float[] source, int[] sizes, int[] newSizes) {
    float[] result = source;
    int inner = 1;
    int outer = source.length;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      outer /= sizes[axis];
      result = axis(result, outer, sizes[axis], newSizes[axis], inner);
      inner *= newSizes[axis];
    }
    return result;
  }

  /** Resamples the middle axis of {@code [outer, from, inner]}. */
  private float[] axis(float[] source, int outer, int from, int to, int inner) {
    if (from == to) {
      return source;
    }
    float[] result = new float[outer * to * inner];
    Window[] windows = windows(from, to);
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < to; i++) {
        for (int k = 0; k < inner; k++) {
          int first = (o * from + windows[i].first()) * inner + k;
          result[(o * to + i) * inner + k] = weighted(source, first, inner, windows[i]);
        }
      }
    }
    return result;
  }

  private static float weighted(float[] samples, int first, int step, Window window) {
    double sum = 0;
    for (int k = 0; k < window.weights().length; k++) {
      sum += window.weights()[k] * samples[first + k * step];
    }
    return (float) sum;
  }
}
