package dev.phosphene.testkit;

import java.util.function.DoubleUnaryOperator;

/**
 * Derivatives from values of a function, by Ridders' method: central differences with shrinking
 * steps, extrapolated to step zero, of which the one with the smallest error estimate is taken (C.
 * Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4,
 * 1982).
 */
final class FiniteDifferences {
  /**
   * A derivative.
   *
   * @param error estimate of its absolute error; infinite where no two steps gave numbers
   */
  record Derivative(double value, double error) {}

  private FiniteDifferences() {}

  /**
   * The derivative at zero.
   *
   * @param largestStep first step, a power of two
   * @param levels how many times the step is halved, plus one
   */
  static Derivative at(DoubleUnaryOperator function, double largestStep, int levels) {
    double[][] table = new double[levels][levels];
    Derivative best = new Derivative(Double.NaN, Double.POSITIVE_INFINITY);
    double step = largestStep;
    for (int level = 0; level < levels; level++, step /= 2) {
      table[level][0] = (function.applyAsDouble(step) - function.applyAsDouble(-step)) / (2 * step);
      double factor = 4;
      for (int order = 1; order <= level; order++, factor *= 4) {
        double coarse = table[level - 1][order - 1];
        double fine = table[level][order - 1];
        double extrapolated = fine + (fine - coarse) / (factor - 1);
        table[level][order] = extrapolated;
        double error = Math.max(Math.abs(extrapolated - fine), Math.abs(extrapolated - coarse));
        if (error < best.error()) {
          best = new Derivative(extrapolated, error);
        }
      }
    }
    return best;
  }
}
