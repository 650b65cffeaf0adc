package dev.phosphene.visualize.optimizer;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A method of gradient descent: its settings, which a recipe holds. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RmsProp.class, name = "rmsprop"),
  @JsonSubTypes.Type(value = Adam.class, name = "adam"),
})
public interface Optimizer {
  /** Starts a descent over this many parameters. */
  Descent start(int parameters);

  /** A descent under way: the optimizer's memory of past gradients. */
  @FunctionalInterface
  interface Descent {
    /** Changes the parameters in place by one step against the gradient. */
    void step(float[] parameters, float[] gradient);
  }
}
