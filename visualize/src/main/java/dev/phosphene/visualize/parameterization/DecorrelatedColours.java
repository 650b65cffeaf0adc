package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.stream.IntStream;

/**
 * From numbers without bounds to a picture: {@code sigmoid(contrast M x)}, where M mixes colours as
 * in photographs ({@link NaturalStatistics}) if there are three channels over two axes or more, and
 * is left out otherwise.
 *
 * @param contrast steepness of the sigmoid, above 0
 */
record DecorrelatedColours(double contrast) {
  /** Pixels to start from are kept this far from black and white, where the sigmoid never comes. */
  private static final double SATURATED = 0.01;

  private static boolean areMixed(ImageSize size) {
    return size.channels() == 3 && size.spatial().size() >= 2;
  }

  /**
   * Adds the picture.
   *
   * @param values {@code [N, C, ...]}
   * @return in (0, 1)
   */
  Value build(Emitter graph, Value values, ImageSize size) {
    Value mixed = areMixed(size) ? NaturalStatistics.MEASURED.coloured(graph, values) : values;
    return graph.sigmoid(contrast == 1 ? mixed : graph.multiply(mixed, contrast));
  }

  /** The numbers that a picture {@code [C, ...]} comes from. */
  double[] from(float[] image, ImageSize size) {
    double[] values =
        IntStream.range(0, image.length)
            .mapToDouble(i -> Math.max(SATURATED, Math.min(1 - SATURATED, image[i])))
            .map(inside -> Math.log(inside / (1 - inside)) / contrast)
            .toArray();
    return areMixed(size) ? NaturalStatistics.MEASURED.decorrelated(values) : values;
  }
}
