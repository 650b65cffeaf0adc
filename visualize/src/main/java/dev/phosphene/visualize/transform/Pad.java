package dev.phosphene.visualize.transform;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.Arrays;

/**
 * A border around the image, which is larger by it for the transforms that follow: what they move
 * into the image is the border and not the image's other side. After the last transform the middle
 * is cut out.
 *
 * @param amount width of the border at each side, in positions, in [0, 4096]
 * @param fill what the border shows
 * @param value of a plain border, in the image's units, in [-1e6, 1e6]; 0.5 is gray
 */
public record Pad(int amount, Fill fill, double value) implements Transform {
  /** Gray, in display images. */
  public static final double GRAY = 0.5;

  /** What a border shows. */
  public enum Fill {
    /** One value. */
    @JsonProperty("plain")
    PLAIN,
    /** The position at the edge, again and again. */
    @JsonProperty("edge")
    EDGE,
    /** The image's mirror image. */
    @JsonProperty("mirror")
    MIRROR
  }

  public Pad {
    Between.require("The width of a border", amount, 0, 4096);
    Between.require("The value of a border", value, -1e6, 1e6);
  }

  @Override
  public Value build(Emitter graph, Value images, StepInputs inputs) {
    int rank = images.rank();
    if (amount == 0 || rank == 2) {
      return images;
    }
    long[] pads = new long[2 * rank];
    Arrays.fill(pads, 2, rank, amount);
    Arrays.fill(pads, rank + 2, 2 * rank, amount);
    return switch (fill) {
      case PLAIN ->
          graph.apply("Pad", images, graph.integers(pads), graph.scalarLike(images, value));
      case EDGE -> graph.apply("Pad", Attributes.of("mode", "edge"), images, graph.integers(pads));
      case MIRROR -> {
        for (int length : AxisMatrices.lengths(images)) {
          if (amount >= length) {
            throw new PhospheneException(
                "A mirrored border should be narrower than the image, found %d for %s"
                    .formatted(amount, images.shape()));
          }
        }
        yield graph.apply("Pad", Attributes.of("mode", "reflect"), images, graph.integers(pads));
      }
    };
  }
}
