package dev.phosphene.visualize.optimizer;

/**
 * An optimizer that gets shorter gradients where they are too long: {@code g min(1, largestNorm /
 * |g|)} (Pascanu, Mikolov and Bengio 2013). It tells something only where gradients are not
 * normalized.
 *
 * @param largestNorm L2 norm of a picture's gradient, above 0
 */
public record Clipped(Optimizer optimizer, double largestNorm) implements Optimizer {
  public Clipped {
    Settings.requirePositive("The largest norm of a gradient", largestNorm);
  }

  @Override
  public Descent start(int parameters, int steps) {
    Descent descent = optimizer.start(parameters, steps);
    return (values, gradient, factor) -> {
      double squares = 0;
      for (float g : gradient) {
        squares += (double) g * g;
      }
      double norm = Math.sqrt(squares);
      if (norm > largestNorm) {
        float shorter = (float) (largestNorm / norm);
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] *= shorter;
        }
      }
      descent.step(values, gradient, factor);
    };
  }

  @Override
  public boolean takesDelayedGradients() {
    return optimizer.takesDelayedGradients();
  }
}
