package dev.phosphene.visualize.measure;

import java.util.Arrays;
import java.util.List;

/** What numbers of pictures are computed by. */
public final class Formulas {
  private Formulas() {}

  /** The mean of numbers. */
  public static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(Double.NaN);
  }

  /** {@code sqrt(sum (x - mean)^2 / (n - 1))}: that of a sample; 0 for a single number. */
  public static double deviation(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  /** {@code a b / (|a| |b|)}; NaN where one of them is 0. */
  public static double cosine(float[] a, float[] b) {
    double product = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      lengthA += (double) a[i] * a[i];
      lengthB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(lengthA * lengthB);
  }

  /** The mean of the cosines of all pairs of two vectors or more. */
  public static double likeness(List<float[]> vectors) {
    double sum = 0;
    int pairs = 0;
    for (int first = 0; first < vectors.size(); first++) {
      for (int second = first + 1; second < vectors.size(); second++) {
        sum += cosine(vectors.get(first), vectors.get(second));
        pairs++;
      }
    }
    return sum / pairs;
  }

  /**
   * The smallest share of numbers, none below 0, that has half of their sum; NaN where that is 0.
   */
  public static double importantArea(float[] importance) {
    float[] sorted = importance.clone();
    Arrays.sort(sorted);
    double half = 0;
    for (float value : sorted) {
      half += value / 2.0;
    }
    double sum = 0;
    for (int count = 1; half > 0 && count <= sorted.length; count++) {
      sum += sorted[sorted.length - count];
      if (sum >= half) {
        return (double) count / sorted.length;
      }
    }
    return Double.NaN;
  }
}
