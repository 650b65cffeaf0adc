package dev.phosphene.visualize.optimizer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A method of gradient descent: its settings, which a recipe holds. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RmsProp.class, name = "rmsprop"),
  @JsonSubTypes.Type(value = Adam.class, name = "adam"),
  @JsonSubTypes.Type(value = NAdam.class, name = "nadam"),
  @JsonSubTypes.Type(value = Sgd.class, name = "sgd"),
  @JsonSubTypes.Type(value = Lbfgs.class, name = "lbfgs"),
  @JsonSubTypes.Type(value = Scheduled.class, name = "scheduled"),
  @JsonSubTypes.Type(value = Clipped.class, name = "clipped"),
})
public interface Optimizer {
  /**
   * Starts a descent over this many parameters.
   *
   * @param steps how many will be taken at most
   */
  Descent start(int parameters, int steps);

  /** Whether gradients may be those of some steps before: those of a few differ little. */
  default boolean takesDelayedGradients() {
    return true;
  }

  /** A descent under way: the optimizer's memory of past gradients. */
  @FunctionalInterface
  interface Descent {
    /**
     * Changes the parameters in place by one step against the gradient.
     *
     * @param gradient may be changed
     * @param factor of the rate at this step
     */
    void step(float[] parameters, float[] gradient, double factor);
  }
}
