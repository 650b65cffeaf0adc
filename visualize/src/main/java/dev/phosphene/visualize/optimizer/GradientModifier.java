package dev.phosphene.visualize.optimizer;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens to the gradient of each picture between its normalization and the step. */
public enum GradientModifier {
  @JsonProperty("none")
  NONE {
    @Override
    float apply(float gradient) {
      return gradient;
    }
  },
  /** Shows what decreases the objective. */
  @JsonProperty("negate")
  NEGATE {
    @Override
    float apply(float gradient) {
      return -gradient;
    }
  },
  /** Counts changes of the objective in either direction. */
  @JsonProperty("absolute")
  ABSOLUTE {
    @Override
    float apply(float gradient) {
      return Math.abs(gradient);
    }
  },
  /** Keeps positive gradients only. */
  @JsonProperty("relu")
  RELU {
    @Override
    float apply(float gradient) {
      return Math.max(gradient, 0);
    }
  };

  abstract float apply(float gradient);

  /** Changes the gradient in place. */
  public void modify(float[] gradient) {
    if (this != NONE) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] = apply(gradient[i]);
      }
    }
  }
}
