package dev.phosphene.visualize.optimizer;

/**
 * Adam with Nesterov's momentum (Dozat 2016, "Incorporating Nesterov Momentum into Adam"): a step
 * goes where the momentum of the next step will point.
 *
 * @param rate of a step
 * @param firstDecay of the mean of gradients, in [0, 1)
 * @param secondDecay of the mean of squared gradients, in [0, 1)
 * @param epsilon added to the root
 * @param momentumDecay how fast momentum reaches {@code firstDecay}
 */
public record NAdam(
    double rate, double firstDecay, double secondDecay, double epsilon, double momentumDecay)
    implements Optimizer {
  /** NAdam with decays 0.9 and 0.999, epsilon 1e-8 and momentum decay 0.004, as PyTorch has it. */
  public static NAdam withRate(double rate) {
    return new NAdam(rate, 0.9, 0.999, 1e-8, 0.004);
  }

  public NAdam {
    Settings.requireRate(rate);
  }

  @Override
  public Descent start(int parameters, int steps) {
    return new Momentums(parameters)::step;
  }

  /** What is kept of past gradients. */
  private final class Momentums {
    private final float[] first;
    private final float[] second;
    private double product = 1;
    private int steps;

    private Momentums(int parameters) {
      first = new float[parameters];
      second = new float[parameters];
    }

    private void step(float[] values, float[] gradient, double factor) {
      steps++;
      double now = momentum(steps);
      double next = momentum(steps + 1);
      product *= now;
      double ofGradient = factor * rate * (1 - now) / (1 - product);
      double ofMean = factor * rate * next / (1 - product * next);
      double correction = 1 - Math.pow(secondDecay, steps);
      for (int i = 0; i < values.length; i++) {
        float g = gradient[i];
        first[i] += (float) ((1 - firstDecay) * (g - first[i]));
        second[i] += (float) ((1 - secondDecay) * (g * g - second[i]));
        double root = Math.sqrt(second[i] / correction) + epsilon;
        values[i] -= (float) ((ofGradient * g + ofMean * first[i]) / root);
      }
    }

    private double momentum(int step) {
      return firstDecay * (1 - 0.5 * Math.pow(0.96, step * momentumDecay));
    }
  }
}
