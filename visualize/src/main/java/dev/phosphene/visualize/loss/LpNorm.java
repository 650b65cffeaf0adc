package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;

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
  public Value build(Emitter graph, Scene scene) {
    Value image = scene.image();
    long[] axes = graph.axesFrom(image, 1);
    Value norm =
        Double.isInfinite(p)
            ? graph.reduce("ReduceMax", image, false, axes)
            : graph.power(
                graph.reduceSum(graph.power(graph.absolute(image), p), false, axes), 1 / p);
    return graph.multiply(norm, 1.0 / scene.elementsOfImage());
  }

  @Override
  public String label() {
    return "lp norm";
  }
}
