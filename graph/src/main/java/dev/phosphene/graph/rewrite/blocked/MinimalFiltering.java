package dev.phosphene.graph.rewrite.blocked;

import java.util.Arrays;

/**
 * Winograd's minimal filtering algorithm F(m, r): m neighbouring outputs of a filter with r taps,
 * {@code y[p] = sum over t of g[t] d[p + t]}, from m + r - 1 products instead of m r.
 *
 * <p>Inputs and taps are polynomials, their product is known from its values at as many points, one
 * of them at infinity:
 *
 * <pre>
 * {@code y[p] = sum over c of A[p][c] (sum over t of G[c][t] g[t]) (sum over j of B[c][j] d[j])}
 * </pre>
 *
 * with the points 0, 1, -1, 2, -2 and infinity for all filters, so that m + r - 1 = 6.
 *
 * <p>Winograd, <i>Arithmetic Complexity of Computations</i>, 1980; Lavin and Gray, <i>Fast
 * Algorithms for Convolutional Neural Networks</i>, 2016.
 *
 * @param taps of the filter (r), 2 to 5
 */
record MinimalFiltering(int taps) {
  /** All but the one at infinity, which comes last. */
  private static final int[] POINTS = {0, 1, -1, 2, -2};

  /** How many products there are, and how many inputs they read. */
  static final int PRODUCTS = POINTS.length + 1;

  /** How many outputs there are (m). */
  int outputs() {
    return PRODUCTS - taps + 1;
  }

  /** By how much each tap counts in the factor of a product, a row of G. */
  double[] ofTaps(int product) {
    double[] factors = new double[taps];
    if (product == POINTS.length) {
      factors[taps - 1] = 1;
      return factors;
    }
    double distances = 1;
    for (int other = 0; other < POINTS.length; other++) {
      distances *= other == product ? 1 : POINTS[product] - POINTS[other];
    }
    for (int tap = 0; tap < taps; tap++) {
      factors[tap] = Math.pow(POINTS[product], tap) / distances;
    }
    return factors;
  }

  /**
   * By how much each input counts in the other factor of a product, a row of B: the coefficients of
   * the polynomial that is zero at all other points.
   */
  double[] ofInputs(int product) {
    double[] polynomial = new double[PRODUCTS];
    polynomial[0] = 1;
    for (int other = 0; other < POINTS.length; other++) {
      if (other != product) {
        polynomial = timesRoot(polynomial, POINTS[other]);
      }
    }
    return polynomial;
  }

  /** The polynomial times (x - root). */
  private static double[] timesRoot(double[] polynomial, int root) {
    double[] shifted = new double[polynomial.length];
    System.arraycopy(polynomial, 0, shifted, 1, polynomial.length - 1);
    for (int power = 0; power < shifted.length; power++) {
      shifted[power] -= root * polynomial[power];
    }
    return shifted;
  }

  /** By how much each product counts in an output, a row of A. */
  double[] ofProducts(int output) {
    double[] factors = new double[PRODUCTS];
    Arrays.setAll(
        factors,
        product ->
            product < POINTS.length
                ? Math.pow(POINTS[product], output)
                : output == outputs() - 1 ? 1 : 0);
    return factors;
  }
}
