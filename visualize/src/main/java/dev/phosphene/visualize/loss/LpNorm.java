package dev.phosphene.visualize.loss;

import dev.phosphene.graph.PhospheneException;

/**
 * The L-p norm of the image divided by its number of elements: keeps pixels from running away.
 *
 * <p>{@code (sum |x|^p)^(1/p) / (C H W)}; for p = infinity the maximum of x, not of its absolute
 * value, divided by the same number, as keras-vis computes it.
 *
 * @param p at least 1, or infinity
 */
public record LpNorm(double p) implements Loss {
  /** keras-vis' default. */
  public static final double DEFAULT_P = 6;

  public LpNorm {
    if (!(p >= 1)) {
      throw new PhospheneException("The p of an L-p norm should be at least 1, found " + p);
    }
  }

  @Override
  public Expression build(Scene scene) {
    Expression image = scene.image();
    double elements = (double) image.shape().elements() / image.shape().size(0);
    Expression norm =
        Double.isInfinite(p) ? image.maximum() : image.absolute().power(p).sum().power(1 / p);
    return norm.times(1 / elements);
  }

  @Override
  public boolean regularizes() {
    return true;
  }

  @Override
  public String label() {
    return "lp norm";
  }
}
