package dev.phosphene.graph.rewrite.blocked;

import java.util.Arrays;
import java.util.Map;

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
 * <p>Four products are those at 0, 1, -1 and infinity. For six, 3/4, -3/4, 3/2 and -3/2 take the
 * place of 1, -1, 2 and -2 of the literature: multiples of powers of two as well, so that A and B
 * are exact, and with them F(4, 3) rounds half as much along two axes (relative L2 error 1.1e-6
 * instead of 2.1e-6 for 256 channels).
 *
 * <p>Winograd, <i>Arithmetic Complexity of Computations</i>, 1980; Lavin and Gray, <i>Fast
 * Algorithms for Convolutional Neural Networks</i>, 2016; on the choice of points Barabasz,
 * Anderson, Soodhalter and Gregg, <i>Error Analysis and Improving the Accuracy of Winograd
 * Convolution for Deep Neural Networks</i>, 2020.
 *
 * @param taps of the filter (r)
 * @param outputs computed at once (m), so many that there are 4 or 6 products
 */
record MinimalFiltering(int taps, int outputs) {
  /** All but the one at infinity, which comes last, by the number of products. */
  private static final Map<Integer, double[]> POINTS =
      Map.of(4, new double[] {0, 1, -1}, 6, new double[] {0, 0.75, -0.75, 1.5, -1.5});

  MinimalFiltering {
    if (taps < 1 || outputs < 1 || !POINTS.containsKey(taps + outputs - 1)) {
      throw new IllegalArgumentException(
          "F(%d, %d) has neither 4 nor 6 products".formatted(outputs, taps));
    }
  }

  /** How many products there are, and how many inputs they read. */
  int products() {
    return outputs + taps - 1;
  }

  private double[] points() {
    return POINTS.get(products());
  }

  private boolean isAtInfinity(int product) {
    return product == products() - 1;
  }

  /** By how much each tap counts in the factor of a product, a row of G. */
  double[] ofTaps(int product) {
    double[] factors = new double[taps];
    if (isAtInfinity(product)) {
      factors[taps - 1] = 1;
      return factors;
    }
    double[] points = points();
    double distances = 1;
    for (int other = 0; other < points.length; other++) {
      distances *= other == product ? 1 : points[product] - points[other];
    }
    for (int tap = 0; tap < taps; tap++) {
      factors[tap] = Math.pow(points[product], tap) / distances;
    }
    return factors;
  }

  /**
   * By how much each input counts in the other factor of a product, a row of B: the coefficients of
   * the polynomial that is zero at all other points.
   */
  double[] ofInputs(int product) {
    double[] polynomial = new double[products()];
    polynomial[0] = 1;
    double[] points = points();
    for (int other = 0; other < points.length; other++) {
      if (other != product) {
        polynomial = timesRoot(polynomial, points[other]);
      }
    }
    return polynomial;
  }

  /** The polynomial times (x - root). */
  private static double[] timesRoot(double[] polynomial, double root) {
    double[] shifted = new double[polynomial.length];
    System.arraycopy(polynomial, 0, shifted, 1, polynomial.length - 1);
    for (int power = 0; power < shifted.length; power++) {
      shifted[power] -= root * polynomial[power];
    }
    return shifted;
  }

  /** By how much each product counts in an output, a row of A. */
  double[] ofProducts(int output) {
    double[] factors = new double[products()];
    Arrays.setAll(
        factors,
        product ->
            isAtInfinity(product)
                ? (output == outputs - 1 ? 1 : 0)
                : Math.pow(points()[product], output));
    return factors;
  }

  /**
   * What, added to a product, adds one to all outputs together with what the other products get:
   * weights of the last m finite points by which a polynomial of degree m - 1 is known at one.
   */
  double ofBias(int product) {
    double[] points = points();
    int first = points.length - outputs;
    if (product < first || isAtInfinity(product)) {
      return 0;
    }
    double weight = 1;
    for (int other = first; other < points.length; other++) {
      if (other != product) {
        weight *= (1 - points[other]) / (points[product] - points[other]);
      }
    }
    return weight;
  }
}
