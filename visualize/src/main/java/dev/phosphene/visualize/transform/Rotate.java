package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;

/**
 * A random turn of pictures about their centre, by bilinear interpolation; what is missing is the
 * picture's mirror image.
 *
 * @param degrees largest angle, either way, in [0, 180]
 */
public record Rotate(double degrees) implements Transform {
  public Rotate {
    check(degrees);
  }

  static void check(double degrees) {
    Between.require("The rotation in degrees", degrees, 0, 180);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    if (images.rank() != 4) {
      throw new PhospheneException(
          "Only pictures [N, C, H, W] can be turned, found %s; leave out the rotation"
              .formatted(images.shape()));
    }
    return AffineMap.apply(
        graph,
        images,
        inputs,
        "angle",
        Sampling.BILINEAR,
        random -> {
          double angle = Math.toRadians(Between.either(random, degrees));
          return AffineMap.turned(angle, 1, 0, 0);
        });
  }
}
