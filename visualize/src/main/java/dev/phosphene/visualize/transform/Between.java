package dev.phosphene.visualize.transform;

import dev.phosphene.graph.PhospheneException;
import java.util.Random;

/** Settings that are drawn evenly between two bounds, and how they are checked. */
final class Between {
  private Between() {}

  /** A number from low to high. */
  static double draw(Random random, double low, double high) {
    return low + random.nextDouble() * (high - low);
  }

  /** A number from -most to most. */
  static double either(Random random, double most) {
    return draw(random, -most, most);
  }

  /**
   * Checks a setting.
   *
   * @throws PhospheneException where it is not in [low, high]
   */
  static void require(String what, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new PhospheneException(
          "%s should be in [%s, %s], found %s"
              .formatted(what, number(low), number(high), number(value)));
    }
  }

  /**
   * Checks two bounds.
   *
   * @throws PhospheneException where they are not in [low, high], or not in order
   */
  static void require(String what, double smallest, double largest, double low, double high) {
    require(what, smallest, low, high);
    require(what, largest, low, high);
    if (smallest > largest) {
      throw new PhospheneException(
          "%s should be in order, the smaller first, found %s and %s"
              .formatted(what, number(smallest), number(largest)));
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }
}
