package dev.phosphene.visualize.loss;

/** Lengths of vectors and cosines between them, with gradients that are finite everywhere. */
final class Lengths {
  /** Added under roots, whose slope at 0 is infinite: the square of a length that is nothing. */
  private static final double NOTHING = 1e-12;

  private Lengths() {}

  /** The length of what has these sums of squares. */
  static Expression of(Expression squares) {
    return squares.plus(NOTHING).squareRoot();
  }

  /**
   * A power of a cosine, {@code max(0.1, dot / lengths)^power}.
   *
   * @param lengths the product of both
   */
  static Expression cosine(Expression dot, Expression lengths, double power) {
    double least = DirectionLoss.LEAST_COSINE;
    return dot.dividedBy(lengths).minus(least).relu().plus(least).power(power);
  }
}
