package dev.phosphene.visualize.parameterization;

import dev.phosphene.tensor.Tensor;

/**
 * Waves that a real sequence is the sum of, orthogonal and each of mean square 1: the constant,
 * then a cosine and a sine of each frequency; for even lengths the alternating sequence comes last.
 *
 * @param length of the sequence
 */
record FourierBasis(int length) {
  /** Of a wave, in cycles per position. */
  double frequency(int wave) {
    return (double) cycles(wave) / length;
  }

  private static int cycles(int wave) {
    return (wave + 1) / 2;
  }

  /** {@code [L, L]}: from amplitudes of waves to values; its transpose divided by L leads back. */
  Tensor matrix() {
    float[] matrix = new float[length * length];
    for (int position = 0; position < length; position++) {
      for (int wave = 0; wave < length; wave++) {
        matrix[position * length + wave] = (float) value(wave, position);
      }
    }
    return Tensor.of(matrix, length, length);
  }

  private double value(int wave, int position) {
    long turns = (long) cycles(wave) * position % length;
    double angle = 2 * Math.PI * turns / length;
    boolean alone = wave == 0 || 2 * cycles(wave) == length;
    double amplitude = alone ? 1 : Math.sqrt(2);
    return amplitude * (wave % 2 == 0 && wave > 0 ? Math.sin(angle) : Math.cos(angle));
  }

  /**
   * From values to amplitudes along one axis of an array.
   *
   * @param array {@code [before, L, after]}
   */
  double[] amplitudes(double[] array, int after) {
    float[] matrix = matrix().toFloats();
    double[] result = new double[array.length];
    int block = length * after;
    for (int first = 0; first < array.length; first += block) {
      for (int position = 0; position < length; position++) {
        for (int wave = 0; wave < length; wave++) {
          double factor = matrix[position * length + wave] / (double) length;
          int from = first + position * after;
          int to = first + wave * after;
          for (int i = 0; i < after; i++) {
            result[to + i] += factor * array[from + i];
          }
        }
      }
    }
    return result;
  }
}
