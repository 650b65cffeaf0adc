package dev.phosphene.visualize.loss;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/**
 * Minus how much the chosen layer, at each position, goes in a direction of its space of filters
 * (Carter et al. 2019, "Activation Atlas").
 *
 * <p>{@code -mean over positions of (a . v) max(0.1, cos(a, v))^p}. The dot product alone (p = 0)
 * is content with a large activation that has the direction among others; the power of the cosine
 * asks for the direction and nothing else.
 *
 * @param direction {@code [filters]}
 * @param cosinePower 0 or more
 */
public record DirectionLoss(List<Float> direction, double cosinePower) implements Loss {
  /** Cosine below which steps are as if it were this, so that they know where to go. */
  static final double LEAST_COSINE = 0.1;

  /** Checks the settings. */
  public DirectionLoss {
    direction = List.copyOf(direction);
    if (direction.isEmpty()
        || !direction.stream().allMatch(Float::isFinite)
        || direction.stream().allMatch(part -> part == 0)) {
      throw new PhospheneException(
          "A direction should have a finite number for each filter, not all of them 0");
    }
    requireCosinePower(cosinePower);
  }

  static void requireCosinePower(double power) {
    if (!(power >= 0) || Double.isInfinite(power)) {
      throw new PhospheneException(
          "The power of the cosine should be 0 or more and finite, found " + power);
    }
  }

  @Override
  public Expression build(Scene scene) {
    return along(scene.chosen().activation());
  }

  /** This loss over another layer than the chosen one. */
  Expression along(Expression activation) {
    float[] parts = new float[direction.size()];
    float[] ones = new float[parts.length];
    double squares = 0;
    for (int i = 0; i < parts.length; i++) {
      parts[i] = direction.get(i);
      ones[i] = 1;
      squares += (double) parts[i] * parts[i];
    }
    Expression dot = activation.dot(Tensor.of(parts, parts.length));
    if (cosinePower == 0) {
      return dot.mean().negative();
    }
    Expression length = Lengths.of(activation.square().dot(Tensor.of(ones, ones.length)));
    return dot.times(Lengths.cosine(dot, length.times(Math.sqrt(squares)), cosinePower))
        .mean()
        .negative();
  }

  @Override
  public String label() {
    return "direction";
  }
}
