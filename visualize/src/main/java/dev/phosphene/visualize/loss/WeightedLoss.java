package dev.phosphene.visualize.loss;

import dev.phosphene.graph.PhospheneException;

/**
 * A loss and how much it counts.
 *
 * @param loss the term
 * @param weight its factor in the overall loss; 0 means that the term is not built at all
 */
public record WeightedLoss(Loss loss, double weight) {
  /**
   * Checks the weight.
   *
   * @throws PhospheneException where it is not a finite number
   */
  public WeightedLoss {
    if (!Double.isFinite(weight)) {
      throw new PhospheneException(
          "The weight of the loss \"%s\" should be a finite number, found %s"
              .formatted(loss.label(), weight));
    }
  }

  /** A loss and its weight, to be imported by name. */
  public static WeightedLoss weighted(Loss loss, double weight) {
    return new WeightedLoss(loss, weight);
  }
}
