package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Arrays;

/**
 * A random part of the image, enlarged to its size by linear interpolation: the same share of every
 * axis, anywhere in the image. The network then has to find what excites it in every part (Fel and
 * others 2023, "Unlocking Feature Visualization for Deeper Networks with MAgnitude Constrained
 * Optimization").
 *
 * @param smallest share of each axis, in [0.01, 1]
 * @param largest share, at least the smallest, at most 1
 */
public record Crop(double smallest, double largest) implements Transform {
  public Crop {
    Between.require("The shares of a crop", smallest, largest, 0.01, 1);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    int[] lengths = AxisMatrices.lengths(images);
    return AxisMatrices.apply(
        graph,
        images,
        inputs,
        "crops",
        random -> {
          double share = Between.draw(random, smallest, largest);
          return Arrays.stream(lengths)
              .mapToObj(length -> part(length, share, random.nextDouble() * (1 - share) * length))
              .toArray(AxisMatrices.Map[]::new);
        });
  }

  private static AxisMatrices.Map part(int length, double share, double start) {
    // A part's edge pixels lie half a pixel inside it.
    return AxisMatrices.Map.reading(
        position -> Math.max(0, Math.min(length - 1, start + (position + 0.5) * share - 0.5)));
  }
}
