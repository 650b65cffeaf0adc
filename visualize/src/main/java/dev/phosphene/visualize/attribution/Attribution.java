package dev.phosphene.visualize.attribution;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.ColourMap;
import dev.phosphene.image.Depiction;
import dev.phosphene.image.HeatMap;
import dev.phosphene.image.Image;
import dev.phosphene.image.Normalization;
import dev.phosphene.image.Overlay;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Losses;

/**
 * Which parts of an input count for an output.
 *
 * @param raw what the method computed, before it is reduced over channels and stretched
 * @param map a strength in [0, 1] for each position of the input: 0 for the smallest that there is,
 *     1 for the largest
 * @param losses at the input
 * @param shown the input, {@code [C, spatial...]}, as a person sees it: in [0, 1], or for signals
 *     in the model's units
 */
public record Attribution(Tensor raw, HeatMap map, Losses losses, Tensor shown) {
  /** The raw attribution stretched to [0, 1], channels kept: keras-vis' {@code keepdims}. */
  public Tensor normalized() {
    return Tensor.of(Normalization.kerasVisRange(raw.toFloats()), raw.sizes());
  }

  /** The map laid over the input. */
  public Image over() {
    return over(Overlay.BY_STRENGTH);
  }

  /** The map laid over the input in this way. */
  public Image over(Overlay overlay) {
    return Depiction.ofMapOver(shown, visible(), overlay);
  }

  /**
   * The map laid over a picture of the input, at the picture's size.
   *
   * @param picture shows the same part of the world as the input
   * @throws PhospheneException where the input is no picture
   */
  public Image over(Image picture, Overlay overlay) {
    if (map.spatial().size() != 2) {
      throw new PhospheneException(
          "A heat map over a picture has two axes, found one of %s".formatted(map));
    }
    return overlay.over(picture, visible());
  }

  /** The map alone. */
  public Image alone(ColourMap colours) {
    return Depiction.ofMap(visible(), colours);
  }

  /** A few positions, far stronger than the rest, would leave all others dark. */
  private HeatMap visible() {
    Tensor strengths = map.strengths();
    float[] scaled =
        Normalization.byPercentile(strengths.toFloats(), Normalization.ATTRIBUTION_PERCENTILE);
    return HeatMap.of(Tensor.of(scaled, strengths.sizes()));
  }
}
