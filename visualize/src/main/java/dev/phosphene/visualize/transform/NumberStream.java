package dev.phosphene.visualize.transform;

import java.util.Random;

/**
 * Many random numbers at once: Marsaglia's xorshift64* (Vigna 2016, "An experimental exploration of
 * Marsaglia's xorshift generators, scrambled"), which like {@link Random} is the same on every
 * machine, but twenty times as fast where millions of normal numbers are wanted.
 */
final class NumberStream {
  private static final long MULTIPLIER = 0x2545F4914F6CDD1DL;

  private static final int QUANTILES = 1 << 14;

  /** The middles of equally likely slices of the normal distribution. */
  private static final float[] NORMAL = normalQuantiles();

  private long state;

  /** Starts at a random place. */
  NumberStream(Random random) {
    state = random.nextLong() | 1; // zero would stay zero
  }

  private long next() {
    state ^= state >>> 12;
    state ^= state << 25;
    state ^= state >>> 27;
    return state * MULTIPLIER;
  }

  /** In [0, 1), of 24 bits. */
  float uniform() {
    return (next() >>> 40) * 0x1p-24f;
  }

  /** Of mean 0 and deviation 1: one of 16384 quantiles, so none is beyond 4.1. */
  float normal() {
    return NORMAL[(int) (next() >>> 50)];
  }

  /** By integrating the density from the median up, and by symmetry. */
  private static float[] normalQuantiles() {
    float[] quantiles = new float[QUANTILES];
    int half = QUANTILES / 2;
    double x = 0;
    double area = 0.5;
    for (int i = 0; i < half; i++) {
      double wanted = (half + i + 0.5) / QUANTILES;
      // The quantile's slope is the inverse density: two midpoint steps are exact to 1e-5.
      for (int step = 2; step > 0; step--) {
        double rise = (wanted - area) / step;
        double middle = x + rise / density(x) / 2;
        x += rise / density(middle);
        area += rise;
      }
      quantiles[half + i] = (float) x;
      quantiles[half - 1 - i] = (float) -x;
    }
    return quantiles;
  }

  private static double density(double x) {
    return StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
