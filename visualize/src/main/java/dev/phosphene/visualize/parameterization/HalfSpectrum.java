package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.transform.AxisProduct;
import java.util.Arrays;
import java.util.List;

/**
 * The complex Fourier transform of real images, of which half of the last axis says all: the image
 * is {@code sum over u of n(u) |z(u)| cos(2 pi u x / L + arg z(u))}, where n(u) is 2, but 1 at both
 * ends of the last axis, whose frequencies are their own mirror image along that axis.
 *
 * @param spatial lengths of the image's axes, one or more
 */
record HalfSpectrum(List<Integer> spatial) {
  HalfSpectrum {
    spatial = List.copyOf(spatial);
  }

  private int axes() {
    return spatial.size();
  }

  private int width() {
    return spatial.get(axes() - 1);
  }

  /** Lengths of the spectrum's axes: those of the image, but L/2 + 1 for the last. */
  long[] sizes() {
    long[] sizes = spatial.stream().mapToLong(Integer::longValue).toArray();
    sizes[axes() - 1] = width() / 2 + 1L;
    return sizes;
  }

  int elements() {
    return (int) Arrays.stream(sizes()).reduce(1, (a, b) -> a * b);
  }

  /** How many waves of the image an element stands for. */
  int count(int element) {
    int along = element % (width() / 2 + 1);
    return along == 0 || 2 * along == width() ? 1 : 2;
  }

  /** Frequency of an element in cycles over the longest axis. */
  double cycles(int element) {
    long[] sizes = sizes();
    double squares = 0;
    int rest = element;
    for (int axis = axes() - 1; axis >= 0; axis--) {
      int index = (int) (rest % sizes[axis]);
      double frequency = (double) Math.min(index, spatial.get(axis) - index) / spatial.get(axis);
      squares += frequency * frequency;
      rest /= (int) sizes[axis];
    }
    return Math.sqrt(squares) * spatial.stream().max(Integer::compare).orElseThrow();
  }

  /**
   * Adds the image of a spectrum: products with cosines and sines along each axis.
   *
   * @param real {@code [N, C, sizes...]}
   * @param imaginary {@code [N, C, sizes...]}
   * @return {@code [N, C, spatial...]}
   */
  Value image(Emitter graph, Value real, Value imaginary) {
    Value re = real;
    Value im = imaginary;
    for (int axis = 0; axis < axes() - 1; axis++) {
      Value both = graph.concatenate(axis + 2, List.of(re, im));
      int length = spatial.get(axis);
      re = AxisProduct.along(graph, graph.constant(full(length, 0)), both, axis + 2);
      im = AxisProduct.along(graph, graph.constant(full(length, -Math.PI / 2)), both, axis + 2);
    }
    int last = axes() + 1;
    Value both = graph.concatenate(last, List.of(re, im));
    return AxisProduct.along(graph, graph.constant(half()), both, last);
  }

  /**
   * {@code [L, 2 L]}: from (a, b) to the real part of (a + bi) e^(i angle) e^(i turn).
   *
   * @param turn 0 for the real part itself, minus a right angle for the imaginary part
   */
  private static Tensor full(int length, double turn) {
    float[] matrix = new float[2 * length * length];
    for (int position = 0; position < length; position++) {
      for (int wave = 0; wave < length; wave++) {
        double angle = angle(wave, position, length) + turn;
        matrix[position * 2 * length + wave] = (float) Math.cos(angle);
        matrix[position * 2 * length + length + wave] = (float) -Math.sin(angle);
      }
    }
    return Tensor.of(matrix, length, 2L * length);
  }

  /** {@code [W, 2 (W/2 + 1)]}: the real part, each wave as often as it counts. */
  private Tensor half() {
    int half = width() / 2 + 1;
    float[] matrix = new float[width() * 2 * half];
    for (int position = 0; position < width(); position++) {
      for (int wave = 0; wave < half; wave++) {
        double angle = angle(wave, position, width());
        matrix[position * 2 * half + wave] = (float) (count(wave) * Math.cos(angle));
        matrix[position * 2 * half + half + wave] = (float) (-count(wave) * Math.sin(angle));
      }
    }
    return Tensor.of(matrix, width(), 2L * half);
  }

  private static double angle(int wave, int position, int length) {
    return 2 * Math.PI * ((long) wave * position % length) / length;
  }

  /**
   * Phases of an image's spectrum.
   *
   * @param image {@code [spatial...]}
   * @return {@code [sizes...]}, in radians
   */
  double[] phases(double[] image) {
    int half = width() / 2 + 1;
    int rows = image.length / width();
    double[][] spectrum = new double[2][rows * half];
    for (int row = 0; row < rows; row++) {
      for (int wave = 0; wave < half; wave++) {
        for (int x = 0; x < width(); x++) {
          double angle = angle(wave, x, width());
          spectrum[0][row * half + wave] += image[row * width() + x] * Math.cos(angle);
          spectrum[1][row * half + wave] -= image[row * width() + x] * Math.sin(angle);
        }
      }
    }
    int after = half;
    for (int axis = axes() - 2; axis >= 0; axis--) {
      spectrum = transformed(spectrum, spatial.get(axis), after);
      after *= spatial.get(axis);
    }
    double[] phases = new double[rows * half];
    double[][] complex = spectrum;
    Arrays.setAll(phases, i -> Math.atan2(complex[1][i], complex[0][i]));
    return phases;
  }

  /** Transforms arrays {@code [before, L, after]} along the middle axis. */
  private static double[][] transformed(double[][] array, int length, int after) {
    double[][] result = new double[2][array[0].length];
    int block = length * after;
    for (int first = 0; first < array[0].length; first += block) {
      for (int wave = 0; wave < length; wave++) {
        for (int position = 0; position < length; position++) {
          double cos = Math.cos(angle(wave, position, length));
          double sin = Math.sin(angle(wave, position, length));
          for (int i = 0; i < after; i++) {
            double a = array[0][first + position * after + i];
            double b = array[1][first + position * after + i];
            result[0][first + wave * after + i] += a * cos + b * sin;
            result[1][first + wave * after + i] += b * cos - a * sin;
          }
        }
      }
    }
    return result;
  }
}
