package dev.phosphene.visualize.optimizer;

/**
 * RMSProp (Hinton 2012, lecture 6e): {@code cache = decay cache + (1 - decay) g^2; x -= rate g /
 * sqrt(cache + epsilon)}.
 *
 * @param rate of a step
 * @param decay of the mean of squared gradients, in [0, 1)
 * @param epsilon added under the root
 */
public record RmsProp(double rate, double decay, double epsilon) implements Optimizer {
  /** The step of keras-vis: rate 1, decay 0.95, Keras' fuzz factor 1e-7. */
  public static final RmsProp KERAS_VIS = new RmsProp(1, 0.95, 1e-7);

  @Override
  public Descent start(int parameters, int steps) {
    float[] cache = new float[parameters];
    float kept = (float) decay;
    float taken = (float) (1 - decay);
    return (values, gradient, factor) -> {
      for (int i = 0; i < values.length; i++) {
        float g = gradient[i];
        cache[i] = kept * cache[i] + taken * g * g;
        values[i] -= (float) (factor * rate * g / Math.sqrt(cache[i] + (float) epsilon));
      }
    };
  }
}
