package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.Random;

/**
 * A random enlargement about the centre, the same along all axes, by linear interpolation. The
 * image stays as large as it is: what leaves it is not seen, and what is missing is its mirror
 * image.
 *
 * @param smallest factor, above 0; below 1 the image appears smaller
 * @param largest factor, at least the smallest, at most 100
 */
public record Scale(double smallest, double largest) implements Transform {
  public Scale {
    check(smallest, largest);
  }

  static void check(double smallest, double largest) {
    if (!(smallest > 0 && largest >= smallest && largest <= 100)) {
      throw new PhospheneException(
          "Scales should be above 0, at most 100 and in order, found %s and %s"
              .formatted(smallest, largest));
    }
  }

  static double between(Random random, double low, double high) {
    return low + random.nextDouble() * (high - low);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    return Interpolation.along(
        graph,
        images,
        inputs,
        "scales",
        (random, axes) -> {
          double scale = between(random, smallest, largest);
          Interpolation.Source[] sources = new Interpolation.Source[axes];
          Arrays.setAll(
              sources,
              axis -> {
                double centre = (images.size(axis + 2) - 1) / 2.0;
                return position -> (position - centre) / scale + centre;
              });
          return sources;
        });
  }
}
