package dev.phosphene.visualize.measure;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A number that goes with a picture. "Activation" is always that of its filters together: the sum
 * over them of their means over all positions, special tokens left out, before a softmax unless it
 * is kept; of the input as it was found, not rounded to 8 bits.
 */
public enum Measure {
  /** The activation of the picture as it is, without random transforms. */
  ACTIVATION("activation"),
  /** Share of photos whose activation is lower, in percent. */
  PERCENTILE("percentile"),
  /** How many photos that percentile is among. */
  PHOTOS("photos"),
  /** Mean activation under random transforms. */
  TRANSFORMED_MEAN("transformedMean"),
  /** Standard deviation of the activation under random transforms. */
  TRANSFORMED_DEVIATION("transformedDeviation"),
  /** The mean under random transforms, divided by the activation without, where that is above 0. */
  TRANSFORMED_SHARE("transformedShare"),
  /** Mean activation of pictures from several seeds. */
  SEEDS_MEAN("seedsMean"),
  /** Standard deviation of the activation of pictures from several seeds. */
  SEEDS_DEVIATION("seedsDeviation"),
  /**
   * How alike pictures from several seeds are to the network: the mean over all pairs of the cosine
   * between their activations of all filters of the layer, for layers of two filters or more.
   */
  SEEDS_LIKENESS("seedsLikeness"),
  /** The smallest share of all positions that holds half of the importance, in (0, 0.5]. */
  IMPORTANT_AREA("importantArea");

  private final String key;

  Measure(String key) {
    this.key = key;
  }

  /** Its name in records and in JSON. */
  public String key() {
    return key;
  }

  /** The number of this name. */
  static Optional<Measure> ofKey(String key) {
    return Stream.of(values()).filter(measure -> measure.key.equals(key)).findFirst();
  }
}
