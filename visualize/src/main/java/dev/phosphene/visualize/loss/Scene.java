package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Value;
import java.util.stream.IntStream;

/**
 * What a loss can look at: a batch of images and the activations that they cause.
 *
 * @param image {@code [N, C, ...]}, channels first whatever the model's layout, in the units in
 *     which the model takes it
 * @param activation the chosen layer's output; the first axis counts pictures
 * @param filterAxis the axis of the activation that counts filters or units
 * @param filterWeights {@code [N, filters]}: 1 for the filters chosen for a picture, 0 for others;
 *     an input of the step, so that one compiled step serves all filters of a layer
 */
public record Scene(Value image, Value activation, int filterAxis, Value filterWeights) {

  /** The axes of the image that are neither pictures nor channels: height and width, say. */
  public int[] spatialAxes() {
    return IntStream.range(2, image.rank()).toArray();
  }

  /** Numbers in one image: channels x height x width. */
  public long elementsOfImage() {
    return image.shape().elements() / image.size(0);
  }
}
