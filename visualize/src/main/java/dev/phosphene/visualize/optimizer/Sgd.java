package dev.phosphene.visualize.optimizer;

/**
 * Gradient descent with momentum (Sutskever et al. 2013): {@code velocity = momentum velocity + g;
 * x -= rate velocity}; Nesterov's form goes along {@code g + momentum velocity}.
 *
 * @param rate of a step
 * @param momentum share of the velocity that is kept, in [0, 1); 0 for none
 * @param nesterov whether a step looks ahead
 */
public record Sgd(double rate, double momentum, boolean nesterov) implements Optimizer {
  /** Descent with the usual momentum, 0.9. */
  public static Sgd withRate(double rate) {
    return new Sgd(rate, 0.9, false);
  }

  public Sgd {
    Settings.requireRate(rate);
    Settings.requireWithin("The momentum of descent", momentum, 0, 1);
  }

  @Override
  public Descent start(int parameters, int steps) {
    float[] velocity = new float[parameters];
    return (values, gradient, factor) -> {
      for (int i = 0; i < values.length; i++) {
        velocity[i] = (float) (momentum * velocity[i] + gradient[i]);
        double along = nesterov ? gradient[i] + momentum * velocity[i] : velocity[i];
        values[i] -= (float) (factor * rate * along);
      }
    };
  }
}
