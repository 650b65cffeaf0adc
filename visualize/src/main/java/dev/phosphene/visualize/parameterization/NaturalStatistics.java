package dev.phosphene.visualize.parameterization;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Colours and frequencies of photographs, as {@code visualize/statistics/natural_statistics.py}
 * found them.
 *
 * @param colours from decorrelated colours to RGB, {@code [3, 3]} by rows: the symmetric square
 *     root of the covariance of colours, divided by its largest column norm
 * @param frequencies in cycles per image, rising from 1
 * @param amplitudes mean amplitude at each frequency, in decorrelated colours; 1 at the first
 * @param exponent of the power law by which amplitudes fall beyond the last frequency
 */
record NaturalStatistics(
    float[] colours, double[] frequencies, double[] amplitudes, double exponent) {
  private static final String RESOURCE = "natural_statistics.json";

  /** Those of the resource file. */
  static final NaturalStatistics MEASURED = read();

  private static NaturalStatistics read() {
    try (InputStream file = NaturalStatistics.class.getResourceAsStream(RESOURCE)) {
      return new ObjectMapper().readValue(file, NaturalStatistics.class);
    } catch (IOException e) {
      throw new UncheckedIOException("The resource " + RESOURCE + " is damaged", e);
    }
  }

  /**
   * Mean amplitude at a frequency, interpolated between the measured ones in logarithms.
   *
   * @param frequency in cycles per image; below 1 it counts as 1
   */
  double amplitude(double frequency) {
    int last = frequencies.length - 1;
    if (frequency <= frequencies[0]) {
      return amplitudes[0];
    }
    if (frequency >= frequencies[last]) {
      return amplitudes[last] * Math.pow(frequency / frequencies[last], -exponent);
    }
    int above = 1;
    while (frequencies[above] < frequency) {
      above++;
    }
    double share =
        Math.log(frequency / frequencies[above - 1])
            / Math.log(frequencies[above] / frequencies[above - 1]);
    return amplitudes[above - 1] * Math.pow(amplitudes[above] / amplitudes[above - 1], share);
  }

  /**
   * Adds the mixing of decorrelated colours to RGB.
   *
   * @param images {@code [N, 3, ...]}
   */
  Value coloured(Emitter graph, Value images) {
    long positions = images.shape().elements() / images.size(0) / 3;
    Value matrix = graph.constant(Tensor.of(colours.clone(), 3, 3));
    Value mixed = graph.matrixMultiply(matrix, graph.reshape(images, images.size(0), 3, positions));
    return graph.reshape(mixed, images.shape().sizes());
  }

  /** Undoes the mixing of colours in an image {@code [3, ...]}, by Cramer's rule. */
  double[] decorrelated(double[] image) {
    int positions = image.length / 3;
    double[] result = new double[image.length];
    double determinant = determinant(colours);
    for (int channel = 0; channel < 3; channel++) {
      float[] replaced = colours.clone();
      for (int position = 0; position < positions; position++) {
        for (int row = 0; row < 3; row++) {
          replaced[row * 3 + channel] = (float) image[row * positions + position];
        }
        result[channel * positions + position] = determinant(replaced) / determinant;
      }
    }
    return result;
  }

  private static double determinant(float[] m) {
    return (double) m[0] * ((double) m[4] * m[8] - (double) m[5] * m[7])
        - (double) m[1] * ((double) m[3] * m[8] - (double) m[5] * m[6])
        + (double) m[2] * ((double) m[3] * m[7] - (double) m[4] * m[6]);
  }
}
