package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Random;

/**
 * Jitter, scale and rotation about the centre in one bilinear resampling, as transformation
 * robustness asks for (Olah, Mordvintsev and Schubert 2017, "Feature Visualization"). What lies
 * outside the image is its mirror image.
 *
 * @param jitter largest shift along each axis, as a share of its length, in [0, 1)
 * @param smallestScale of what the network sees, above 0; above 1 enlarges
 * @param largestScale at least the smallest, at most 100
 * @param rotation largest angle in degrees, either way, in [0, 180]
 */
public record RandomAffine(
    double jitter, double smallestScale, double largestScale, double rotation)
    implements Transform {

  public RandomAffine {
    if (!(jitter >= 0 && jitter < 1)) {
      throw new PhospheneException("Jitter should be a share in [0, 1), found " + jitter);
    }
    if (!(smallestScale > 0 && largestScale >= smallestScale && largestScale <= 100)) {
      throw new PhospheneException(
          "Scales should be above 0, at most 100 and in order, found %s and %s"
              .formatted(smallestScale, largestScale));
    }
    if (!(rotation >= 0 && rotation <= 180)) {
      throw new PhospheneException("Rotation should be in [0, 180] degrees, found " + rotation);
    }
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    int height = (int) images.size(2);
    int width = (int) images.size(3);
    Value matrices = inputs.declare("affine", random -> matrix(random, height, width), 3, 2);
    Value positions = graph.constant(positions(height, width));
    Value grid = graph.reshape(graph.matrixMultiply(positions, matrices), -1, height, width, 2);
    return graph.apply(
        "GridSample",
        Attributes.of("mode", "linear", "padding_mode", "reflection", "align_corners", 0),
        images,
        grid);
  }

  /**
   * From homogeneous output positions (x, y, 1) to input positions (x, y), {@code [3, 2]}, in the
   * coordinates of GridSample: -1 and 1 are the edges of the image.
   */
  private float[] matrix(Random random, int height, int width) {
    double shrink = 1 / (smallestScale + random.nextDouble() * (largestScale - smallestScale));
    double angle = Math.toRadians((2 * random.nextDouble() - 1) * rotation);
    double shiftX = 2 * (2 * random.nextDouble() - 1) * jitter;
    double shiftY = 2 * (2 * random.nextDouble() - 1) * jitter;
    double cos = shrink * Math.cos(angle);
    double sin = shrink * Math.sin(angle);
    // Angles are those of pixels: an image that is not square has other units along each axis.
    double aspect = (double) height / width;
    return new float[] {
      (float) cos, (float) (sin / aspect),
      (float) (-sin * aspect), (float) cos,
      (float) shiftX, (float) shiftY
    };
  }

  /** The centre of each pixel as (x, y, 1), {@code [H W, 3]}. */
  private static Tensor positions(int height, int width) {
    float[] positions = new float[height * width * 3];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        positions[i++] = (2 * x + 1f) / width - 1;
        positions[i++] = (2 * y + 1f) / height - 1;
        positions[i++] = 1;
      }
    }
    return Tensor.of(positions, (long) height * width, 3);
  }
}
