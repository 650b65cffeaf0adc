package dev.phosphene.visualize.optimizer;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.phosphene.graph.PhospheneException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What happens to a gradient before it is used: between normalization and step in activation
 * maximization, before it becomes a map in attribution.
 *
 * <p>The named ones can be part of a recipe and so be replayed; a lambda works in a run but cannot
 * be written into a picture.
 */
@FunctionalInterface
@JsonDeserialize(as = GradientModifier.Named.class)
public interface GradientModifier {
  /** Leaves gradients as they are. */
  GradientModifier NONE = Named.NONE;

  /** Shows what decreases the objective: {@code -g}. */
  GradientModifier NEGATE = Named.NEGATE;

  /** Counts changes of the objective in either direction: {@code |g|}. */
  GradientModifier ABSOLUTE = Named.ABSOLUTE;

  /** Puts small gradients before large ones: {@code 1 / (g + 1e-7)}, as keras-vis has it. */
  GradientModifier INVERT = Named.INVERT;

  /** Keeps positive gradients only: {@code max(g, 0)}. */
  GradientModifier RELU = Named.RELU;

  /** Highlights small gradients of either sign: {@code |1 / (g + 1e-7)|}, as keras-vis has it. */
  GradientModifier SMALL_VALUES = Named.SMALL_VALUES;

  /** Changes the gradient of one picture in place. */
  void modify(float[] gradient);

  /**
   * The modifier of this name.
   *
   * @param name none, negate, absolute, invert, relu or small_values
   * @throws PhospheneException where there is none; the message lists those that there are
   */
  static GradientModifier named(String name) {
    return Arrays.stream(Named.values())
        .filter(modifier -> modifier.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new PhospheneException(
                    "There is no gradient modifier \"%s\"; there are %s"
                        .formatted(
                            name,
                            Arrays.stream(Named.values())
                                .map(Named::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** The modifiers that have a name. */
  enum Named implements GradientModifier {
    @JsonProperty("none")
    NONE {
      @Override
      float apply(float gradient) {
        return gradient;
      }
    },
    @JsonProperty("negate")
    NEGATE {
      @Override
      float apply(float gradient) {
        return -gradient;
      }
    },
    @JsonProperty("absolute")
    ABSOLUTE {
      @Override
      float apply(float gradient) {
        return Math.abs(gradient);
      }
    },
    @JsonProperty("invert")
    INVERT {
      @Override
      float apply(float gradient) {
        return 1 / (gradient + EPSILON);
      }
    },
    @JsonProperty("relu")
    RELU {
      @Override
      float apply(float gradient) {
        return Math.max(gradient, 0);
      }
    },
    @JsonProperty("small_values")
    SMALL_VALUES {
      @Override
      float apply(float gradient) {
        return Math.abs(1 / (gradient + EPSILON));
      }
    };

    /** Keras' fuzz factor. */
    private static final float EPSILON = 1e-7f;

    abstract float apply(float gradient);

    @Override
    public void modify(float[] gradient) {
      if (this != NONE) {
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] = apply(gradient[i]);
        }
      }
    }

    /** As recipes and options call it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
