package dev.phosphene.visualize.transform;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import java.util.Arrays;
import java.util.Random;

/**
 * Random numbers added to each element, in the image's units: faint patterns drown in them.
 *
 * @param amount deviation of normal noise, largest number of uniform noise; in [0, 1e6]
 * @param distribution of the numbers
 */
public record Noise(double amount, Distribution distribution) implements Transform {
  /** How often which number comes. */
  public enum Distribution {
    /** The bell curve, mean 0. */
    @JsonProperty("normal")
    NORMAL,
    /** All numbers between minus the amount and the amount alike. */
    @JsonProperty("uniform")
    UNIFORM
  }

  public Noise {
    Between.require("The amount of noise", amount, 0, 1e6);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    long[] sizes = Arrays.copyOfRange(images.shape().sizes(), 1, images.rank());
    int elements = Math.toIntExact(Shape.elements(sizes));
    return graph.add(images, inputs.declare("noise", random -> draw(random, elements), sizes));
  }

  private float[] draw(Random random, int elements) {
    NumberStream numbers = new NumberStream(random);
    float[] noise = new float[elements];
    for (int i = 0; i < elements; i++) {
      noise[i] =
          (float) amount
              * switch (distribution) {
                case NORMAL -> numbers.normal();
                case UNIFORM -> 2 * numbers.uniform() - 1;
              };
    }
    return noise;
  }
}
