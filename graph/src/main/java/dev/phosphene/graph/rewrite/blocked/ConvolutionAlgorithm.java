package dev.phosphene.graph.rewrite.blocked;

/** How convolutions in the blocked layout are computed. */
public enum ConvolutionAlgorithm {
  /** All by their definition. */
  DIRECT,
  /**
   * Large ones with three or five taps along an axis in fewer products, by Winograd's minimal
   * filtering; along both axes each rounds up to five times as much as the direct one, along one
   * about as much.
   */
  FASTEST
}
