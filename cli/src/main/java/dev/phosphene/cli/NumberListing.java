package dev.phosphene.cli;

import static dev.phosphene.visualize.measure.Measure.ACTIVATION;
import static dev.phosphene.visualize.measure.Measure.IMPORTANT_AREA;
import static dev.phosphene.visualize.measure.Measure.PERCENTILE;
import static dev.phosphene.visualize.measure.Measure.PHOTOS;
import static dev.phosphene.visualize.measure.Measure.SEEDS_DEVIATION;
import static dev.phosphene.visualize.measure.Measure.SEEDS_LIKENESS;
import static dev.phosphene.visualize.measure.Measure.SEEDS_MEAN;
import static dev.phosphene.visualize.measure.Measure.TRANSFORMED_DEVIATION;
import static dev.phosphene.visualize.measure.Measure.TRANSFORMED_MEAN;

import dev.phosphene.visualize.Measurement;
import dev.phosphene.visualize.measure.Measure;
import dev.phosphene.visualize.measure.PictureNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The numbers of a picture as one line for people. */
final class NumberListing {
  private NumberListing() {}

  /**
   * The line.
   *
   * @param label of the picture's filters
   */
  static String line(String label, PictureNumbers numbers) {
    List<String> parts = new ArrayList<>();
    parts.add(
        has(numbers, PHOTOS)
            ? format(numbers, "%.4g, above %.1f %% of %.0f photos", ACTIVATION, PERCENTILE, PHOTOS)
            : format(numbers, "%.4g", ACTIVATION));
    if (has(numbers, TRANSFORMED_MEAN)) {
      parts.add(
          format(
              numbers,
              "under random changes %.4g +- %.2g",
              TRANSFORMED_MEAN,
              TRANSFORMED_DEVIATION));
    }
    if (has(numbers, SEEDS_MEAN)) {
      parts.add(
          format(
              numbers,
              "from " + Measurement.SEEDS + " seeds %.4g +- %.2g",
              SEEDS_MEAN,
              SEEDS_DEVIATION));
    }
    if (has(numbers, SEEDS_LIKENESS)) {
      parts.add(format(numbers, "alike by %.2f", SEEDS_LIKENESS));
    }
    if (has(numbers, IMPORTANT_AREA)) {
      parts.add(
          String.format(
              Locale.ROOT,
              "half of the importance in %.0f %% of the area",
              100 * numbers.get(IMPORTANT_AREA).getAsDouble()));
    }
    return "Filter %s: activation %s".formatted(label, String.join("; ", parts));
  }

  private static boolean has(PictureNumbers numbers, Measure measure) {
    return numbers.get(measure).isPresent();
  }

  private static String format(PictureNumbers numbers, String pattern, Measure... measures) {
    Object[] values = new Object[measures.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(measures[i]).orElse(Double.NaN);
    }
    return String.format(Locale.ROOT, pattern, values);
  }
}
