package dev.phosphene.image;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param values ascending
 * @param step between two of them
 */
record Ticks(List<BigDecimal> values, BigDecimal step) {
  private static final int[] ROUND = {1, 2, 5, 10};

  /** Numbers of more digits before the point are written with an exponent. */
  private static final int MOST_DIGITS = 6;

  /** Steps of more decimals are written with an exponent. */
  private static final int MOST_DECIMALS = 5;

  Ticks {
    values = List.copyOf(values);
  }

  /**
   * The round numbers within a range: at least two, so that the scale can be read.
   *
   * @param most above {@code least}, both finite
   * @param intervals between ticks at most, unless two ticks need more
   */
  static Ticks within(double least, double most, int intervals) {
    BigDecimal low = BigDecimal.valueOf(least);
    BigDecimal high = BigDecimal.valueOf(most);
    Ticks ticks;
    int count = intervals;
    do {
      ticks = multiples(step(high.subtract(low), count), low, high);
      count++;
    } while (ticks.values().size() < 2);
    return ticks;
  }

  private static Ticks multiples(BigDecimal step, BigDecimal low, BigDecimal high) {
    List<BigDecimal> values = new ArrayList<>();
    for (BigDecimal value = low.divide(step, 0, RoundingMode.CEILING).multiply(step);
        value.compareTo(high) <= 0;
        value = value.add(step)) {
      values.add(value);
    }
    return new Ticks(values, step);
  }

  /** The positions of a sequence that are round numbers. */
  static Ticks ofPositions(int length, int intervals) {
    BigDecimal last = BigDecimal.valueOf(length - 1L);
    BigDecimal step = step(last.max(BigDecimal.ONE), intervals).max(BigDecimal.ONE);
    return multiples(step, BigDecimal.ZERO, last);
  }

  private static BigDecimal step(BigDecimal range, int intervals) {
    BigDecimal count = BigDecimal.valueOf(intervals);
    int exponent = magnitude(range) - magnitude(count) - 1;
    while (true) {
      for (int factor : ROUND) {
        BigDecimal step = BigDecimal.valueOf(factor).scaleByPowerOfTen(exponent);
        if (step.multiply(count).compareTo(range) >= 0) {
          return step.stripTrailingZeros();
        }
      }
      exponent++;
    }
  }

  /** The exponent of the first digit: 2 for 123. */
  private static int magnitude(BigDecimal number) {
    return number.precision() - number.scale() - 1;
  }

  /** As many decimals for all values as the step needs, or an exponent where that is long. */
  String label(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    int decimals = Math.max(0, step.scale());
    int digits = values.stream().mapToInt(Ticks::magnitude).max().orElse(0) + 1;
    if (digits <= MOST_DIGITS && decimals <= MOST_DECIMALS) {
      return value.setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
    }
    int exponent = magnitude(value);
    return value.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
  }
}
