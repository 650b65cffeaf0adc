package dev.phosphene.visualize.parameterization;

import dev.phosphene.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/** The real Fourier transform of pictures of one size, forwards and backwards. */
record Spectrum(int height, int width) {
  int half() {
    return width / 2 + 1;
  }

  /** {@code [2 H, W/2 + 1]}: 1 / frequency^decay, times the root of the number of pixels. */
  Tensor scale(double decay) {
    float[] scale = new float[2 * height * half()];
    for (int u = 0; u < height; u++) {
      for (int v = 0; v < half(); v++) {
        double vertical = (double) Math.min(u, height - u) / height;
        double horizontal = (double) v / width;
        double lowest = 1.0 / Math.max(height, width);
        double frequency = Math.max(Math.hypot(vertical, horizontal), lowest);
        float share = (float) (Math.sqrt((double) height * width) / Math.pow(frequency, decay));
        scale[u * half() + v] = share;
        scale[(u + height) * half() + v] = share;
      }
    }
    return Tensor.of(scale, 2L * height, half());
  }

  /** {@code [H, 2 H]}: from (a, b) to the real part of (a + bi) e^(i angle), along columns. */
  Tensor columnsReal() {
    return columns(Math::cos, angle -> -Math.sin(angle));
  }

  /** {@code [H, 2 H]}: from (a, b) to the imaginary part of (a + bi) e^(i angle). */
  Tensor columnsImaginary() {
    return columns(Math::sin, Math::cos);
  }

  private Tensor columns(DoubleUnaryOperator ofReal, DoubleUnaryOperator ofImaginary) {
    float[] matrix = new float[height * 2 * height];
    for (int y = 0; y < height; y++) {
      for (int u = 0; u < height; u++) {
        double angle = 2 * Math.PI * ((long) u * y % height) / height;
        matrix[y * 2 * height + u] = (float) ofReal.applyAsDouble(angle);
        matrix[y * 2 * height + height + u] = (float) ofImaginary.applyAsDouble(angle);
      }
    }
    return Tensor.of(matrix, height, 2L * height);
  }

  /** {@code [W/2 + 1, W]}: what the real parts of the columns' transforms give. */
  Tensor rowsReal() {
    return rows(Math::cos);
  }

  /** {@code [W/2 + 1, W]}: what the imaginary parts of the columns' transforms give. */
  Tensor rowsImaginary() {
    return rows(angle -> -Math.sin(angle));
  }

  /** Frequencies but the first (and, for even widths, the last) stand for two of a full one. */
  private Tensor rows(DoubleUnaryOperator part) {
    float[] matrix = new float[half() * width];
    double pixels = (double) height * width;
    for (int v = 0; v < half(); v++) {
      double count = v == 0 || 2 * v == width ? 1 : 2;
      for (int x = 0; x < width; x++) {
        double angle = 2 * Math.PI * ((long) v * x % width) / width;
        matrix[v * width + x] = (float) (count * part.applyAsDouble(angle) / pixels);
      }
    }
    return Tensor.of(matrix, half(), width);
  }

  /**
   * The half spectrum of a picture, unscaled: {@code [2 H, W/2 + 1]}, real parts above imaginary
   * ones.
   *
   * @param picture {@code [H, W]}
   */
  double[] of(double[] picture) {
    double[] real = new double[height * half()];
    double[] imaginary = new double[height * half()];
    for (int v = 0; v < half(); v++) {
      for (int x = 0; x < width; x++) {
        double angle = 2 * Math.PI * ((long) v * x % width) / width;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        for (int y = 0; y < height; y++) {
          real[y * half() + v] += picture[y * width + x] * cos;
          imaginary[y * half() + v] -= picture[y * width + x] * sin;
        }
      }
    }
    return columnsOf(real, imaginary);
  }

  private double[] columnsOf(double[] real, double[] imaginary) {
    double[] spectrum = new double[2 * height * half()];
    for (int u = 0; u < height; u++) {
      for (int y = 0; y < height; y++) {
        double angle = 2 * Math.PI * ((long) u * y % height) / height;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        for (int v = 0; v < half(); v++) {
          double a = real[y * half() + v];
          double b = imaginary[y * half() + v];
          spectrum[u * half() + v] += a * cos + b * sin;
          spectrum[(u + height) * half() + v] += b * cos - a * sin;
        }
      }
    }
    return spectrum;
  }
}
