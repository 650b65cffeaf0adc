package dev.phosphene.visualize.optimizer;

/**
 * Adam (Kingma and Ba 2015): momentum and a step per parameter from running moments of the
 * gradient, corrected for their start at zero.
 *
 * @param rate of a step
 * @param firstDecay of the mean of gradients, in [0, 1)
 * @param secondDecay of the mean of squared gradients, in [0, 1)
 * @param epsilon added to the root
 */
public record Adam(double rate, double firstDecay, double secondDecay, double epsilon)
    implements Optimizer {
  /** Adam with the paper's decays 0.9 and 0.999 and epsilon 1e-8. */
  public static Adam withRate(double rate) {
    return new Adam(rate, 0.9, 0.999, 1e-8);
  }

  @Override
  public Descent start(int parameters, int all) {
    float[] first = new float[parameters];
    float[] second = new float[parameters];
    int[] steps = {0};
    return (values, gradient, factor) -> {
      steps[0]++;
      double step = factor * rate / (1 - Math.pow(firstDecay, steps[0]));
      double correction = 1 - Math.pow(secondDecay, steps[0]);
      for (int i = 0; i < values.length; i++) {
        float g = gradient[i];
        first[i] += (float) ((1 - firstDecay) * (g - first[i]));
        second[i] += (float) ((1 - secondDecay) * (g * g - second[i]));
        values[i] -= (float) (step * first[i] / (Math.sqrt(second[i] / correction) + epsilon));
      }
    };
  }
}
