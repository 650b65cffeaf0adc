package dev.phosphene.graph.rewrite.blocked;

import java.util.Optional;

/**
 * From the taps of a kernel to its factors in the products of {@link MinimalFiltering}, for many
 * channels at once.
 *
 * @param height taps of the kernel
 * @param width taps of the kernel
 * @param rows how taps along the height are filtered; empty where they stay as they are
 * @param columns how taps along the width are filtered; empty where they stay as they are
 */
record FilterTransform(
    int height, int width, Optional<MinimalFiltering> rows, Optional<MinimalFiltering> columns) {
  /** Leaves all taps as they are. */
  static FilterTransform none(Kernel kernel) {
    return new FilterTransform(kernel.height(), kernel.width(), Optional.empty(), Optional.empty());
  }

  /** Products of one element, each with its taps along the axes that are not filtered. */
  int products() {
    return rows.map(MinimalFiltering::products).orElse(1)
        * columns.map(MinimalFiltering::products).orElse(1);
  }

  /** Taps of a product along the height. */
  int remainingHeight() {
    return rows.isPresent() ? 1 : height;
  }

  /** Taps of a product along the width. */
  int remainingWidth() {
    return columns.isPresent() ? 1 : width;
  }

  /**
   * The factors of all products.
   *
   * @param taps {@code [height, width, channels]}
   * @return {@code [products along the width, those along the height, remaining height, remaining
   *     width, channels]}
   */
  float[] of(float[] taps) {
    int channels = taps.length / (height * width);
    float[] result = taps;
    int lines = height;
    if (rows.isPresent()) {
      result = filtered(rows.get(), result, width * channels, 1, 0);
      lines = rows.get().products();
    }
    return columns.isPresent() ? filtered(columns.get(), result, channels, lines, width) : result;
  }

  /**
   * Sums over taps.
   *
   * @param from lines of taps of so many elements
   * @param tapsOfLine distance of the lines in taps
   * @return {@code [products, lines, elements]}
   */
  private static float[] filtered(
      MinimalFiltering filtering, float[] from, int elements, int lines, int tapsOfLine) {
    float[] result = new float[filtering.products() * lines * elements];
    double[] sums = new double[elements];
    int place = 0;
    for (int product = 0; product < filtering.products(); product++) {
      double[] factors = filtering.ofTaps(product);
      for (int line = 0; line < lines; line++) {
        int start = line * tapsOfLine * elements;
        for (int tap = 0; tap < factors.length; tap++) {
          add(sums, factors[tap], from, start + tap * elements, tap == 0);
        }
        for (double sum : sums) {
          result[place++] = (float) sum;
        }
      }
    }
    return result;
  }

  private static void add(double[] sums, double factor, float[] from, int start, boolean isFirst) {
    if (isFirst) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] = factor * from[start + i];
      }
    } else if (factor != 0) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += factor * from[start + i];
      }
    }
  }
}
