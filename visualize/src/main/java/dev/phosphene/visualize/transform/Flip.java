package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Arrays;

/**
 * The mirror image along the last axis, sometimes: of a picture, left and right change places.
 *
 * @param probability in [0, 1]
 */
public record Flip(double probability) implements Transform {
  public Flip {
    Between.require("The probability of a flip", probability, 0, 1);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    if (images.rank() < 3) {
      return images;
    }
    Value flipped =
        inputs.declare(
            "flips", random -> new float[] {random.nextDouble() < probability ? 1 : 0}, 1);
    long[] perPicture = new long[images.rank()];
    Arrays.fill(perPicture, 1);
    perPicture[0] = images.size(0);
    Value share = graph.reshape(flipped, perPicture);
    Value mirrored = graph.reverse(images, images.rank() - 1);
    // Sums of a product with 0 and one with 1 are exact.
    return graph.add(
        graph.multiply(mirrored, share), graph.multiply(images, graph.subtract(1, share)));
  }
}
