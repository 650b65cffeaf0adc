package dev.phosphene.visualize.optimizer;

import dev.phosphene.graph.PhospheneException;

/** What settings of optimizers and schedules have to be. */
final class Settings {
  private Settings() {}

  /**
   * Checks the rate of a step.
   *
   * @throws PhospheneException where it is not above 0 and finite
   */
  static void requireRate(double rate) {
    requirePositive("The rate of an optimizer", rate);
  }

  /**
   * Checks a number.
   *
   * @throws PhospheneException where it is not above 0 and finite
   */
  static void requirePositive(String what, double number) {
    if (!(number > 0) || Double.isInfinite(number)) {
      throw new PhospheneException(
          "%s should be above 0 and finite, found %s".formatted(what, number));
    }
  }

  /**
   * Checks a number.
   *
   * @throws PhospheneException where it is not in range
   */
  static void requireWithin(String what, double number, double least, double most) {
    if (!(number >= least && number <= most)) {
      throw new PhospheneException(
          "%s should be from %s to %s, found %s".formatted(what, least, most, number));
    }
  }
}
