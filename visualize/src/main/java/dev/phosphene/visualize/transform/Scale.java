package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Arrays;

/**
 * A random enlargement about the centre, the same along all axes, by linear interpolation. The
 * image stays as large as it is: what leaves it is not seen, and what is missing is its mirror
 * image.
 *
 * @param smallest factor, in [0.01, 100]; below 1 the image appears smaller
 * @param largest factor, at least the smallest, at most 100
 */
public record Scale(double smallest, double largest) implements Transform {
  public Scale {
    check(smallest, largest);
  }

  static void check(double smallest, double largest) {
    Between.require("Scales", smallest, largest, 0.01, 100);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    int[] lengths = AxisMatrices.lengths(images);
    return AxisMatrices.apply(
        graph,
        images,
        inputs,
        "scales",
        random -> {
          double scale = Between.draw(random, smallest, largest);
          return Arrays.stream(lengths)
              .mapToObj(length -> about((length - 1) / 2.0, scale, 0))
              .toArray(AxisMatrices.Map[]::new);
        });
  }

  /** Reads an axis enlarged about a point, and moved. */
  static AxisMatrices.Map about(double centre, double scale, double shift) {
    return AxisMatrices.Map.reading(position -> (position - centre) / scale + centre + shift);
  }
}
