package dev.phosphene.visualize.loss;

/**
 * A loss and how much it counts.
 *
 * @param loss the term
 * @param weight its factor in the overall loss; 0 means that the term is not built at all
 */
public record WeightedLoss(Loss loss, double weight) {
  public static WeightedLoss weighted(Loss loss, double weight) {
    return new WeightedLoss(loss, weight);
  }
}
