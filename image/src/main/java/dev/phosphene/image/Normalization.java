package dev.phosphene.image;

import java.util.Arrays;

/** From raw numbers to the range that can be shown. */
public final class Normalization {
  /**
   * The percentile of magnitudes that becomes full strength in attribution maps. A few extreme
   * pixels would otherwise leave the rest black (Smilkov et al., <a
   * href="https://arxiv.org/abs/1706.03825">SmoothGrad</a>, section 3.1, cap at 99).
   */
  public static final double ATTRIBUTION_PERCENTILE = 99;

  private static final double KERAS_VIS_FLOOR = 1e-7;
  private static final double KERAS_VIS_DEVIATION = 0.1;

  private Normalization() {}

  /**
   * The picture of an input as keras-vis makes it: {@code (x - mean) / (sd + 1e-7) * 0.1 + 0.5},
   * clipped to [0, 1], with mean and (population) standard deviation over all values.
   *
   * @param values one picture, any layout
   */
  public static float[] kerasVis(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    double mean = sum / values.length;
    double squares = 0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / values.length);
    float[] picture = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      double scaled = (values[i] - mean) / (deviation + KERAS_VIS_FLOOR);
      picture[i] = (float) Math.max(0, Math.min(1, scaled * KERAS_VIS_DEVIATION + 0.5));
    }
    return picture;
  }

  /**
   * Values as keras-vis shows attributions (its {@code utils.normalize}): {@code (x - min) / (max -
   * min + 1e-7)}, in [0, 1].
   *
   * <p>The constant in the denominator leaves values dark whose range is not well above it; {@link
   * #minimumToMaximum} does not.
   *
   * @param values minimum and maximum are of those that are finite; NaN becomes 0
   */
  public static float[] kerasVisRange(float[] values) {
    return stretched(values, KERAS_VIS_FLOOR);
  }

  /** Values from the smallest to the largest stretched to [0, 1]; all 0 where they are equal. */
  public static float[] minimumToMaximum(float[] values) {
    return stretched(values, 0);
  }

  private static float[] stretched(float[] values, double floor) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      if (Float.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    float[] stretched = new float[values.length];
    if (most > least) {
      double range = (double) most - least + floor;
      for (int i = 0; i < values.length; i++) {
        double value = Float.isNaN(values[i]) ? least : values[i];
        stretched[i] = (float) Math.max(0, Math.min(1, (value - least) / range));
      }
    }
    return stretched;
  }

  /**
   * Values divided by a percentile of their magnitudes and clipped to [-1, 1]: signs and zero stay
   * what they are. All 0 where all values are.
   *
   * @param percentile in (0, 100]; NaN and infinite values are shown as 0
   */
  public static float[] byPercentile(float[] values, double percentile) {
    if (!(percentile > 0 && percentile <= 100)) {
      throw new IllegalArgumentException("A percentile is in (0, 100], found " + percentile);
    }
    float[] magnitudes = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = Float.isFinite(values[i]) ? Math.abs(values[i]) : 0;
    }
    Arrays.sort(magnitudes);
    float[] scaled = new float[values.length];
    if (values.length == 0 || magnitudes[values.length - 1] == 0) {
      return scaled;
    }
    int rank = (int) Math.ceil(percentile / 100 * values.length) - 1;
    float full = magnitudes[Math.max(0, rank)];
    if (full == 0) { // fewer values differ from zero than the percentile leaves out
      full = magnitudes[values.length - 1];
    }
    for (int i = 0; i < values.length; i++) {
      scaled[i] = Float.isFinite(values[i]) ? Math.max(-1, Math.min(1, values[i] / full)) : 0;
    }
    return scaled;
  }
}
