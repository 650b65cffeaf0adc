package dev.phosphene.visualize.optimizer;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.phosphene.graph.PhospheneException;

/**
 * Adam (Kingma and Ba 2015): momentum and a step per parameter from running moments of the
 * gradient, corrected for their start at zero; with weight decay beside it (Loshchilov and Hutter
 * 2019, "Decoupled Weight Decay Regularization").
 *
 * @param rate of a step
 * @param firstDecay of the mean of gradients, in [0, 1)
 * @param secondDecay of the mean of squared gradients, in [0, 1)
 * @param epsilon added to the root
 * @param weightDecay by how much each number shrinks in a step, times the rate; at least 0. It
 *     bounds numbers that are always pushed the same way by about its inverse
 */
public record Adam(
    double rate,
    double firstDecay,
    double secondDecay,
    double epsilon,
    @JsonSetter(nulls = Nulls.AS_EMPTY) double weightDecay)
    implements Optimizer {
  /**
   * Checks the weight decay.
   *
   * @throws PhospheneException where it is out of range
   */
  public Adam {
    Settings.requireWithin("The weight decay of Adam", weightDecay, 0, 1 / rate);
  }

  /** Adam with the paper's decays 0.9 and 0.999 and epsilon 1e-8, without weight decay. */
  public static Adam withRate(double rate) {
    return new Adam(rate, 0.9, 0.999, 1e-8, 0);
  }

  /** This one with a weight decay. */
  public Adam withWeightDecay(double value) {
    return new Adam(rate, firstDecay, secondDecay, epsilon, value);
  }

  @Override
  public Descent start(int parameters, int all) {
    float[] first = new float[parameters];
    float[] second = new float[parameters];
    int[] steps = {0};
    return (values, gradient, factor) -> {
      steps[0]++;
      double step = factor * rate / (1 - Math.pow(firstDecay, steps[0]));
      float kept = (float) (1 - factor * rate * weightDecay);
      double correction = 1 - Math.pow(secondDecay, steps[0]);
      for (int i = 0; i < values.length; i++) {
        float g = gradient[i];
        first[i] += (float) ((1 - firstDecay) * (g - first[i]));
        second[i] += (float) ((1 - secondDecay) * (g * g - second[i]));
        values[i] =
            kept * values[i]
                - (float) (step * first[i] / (Math.sqrt(second[i] / correction) + epsilon));
      }
    };
  }
}
