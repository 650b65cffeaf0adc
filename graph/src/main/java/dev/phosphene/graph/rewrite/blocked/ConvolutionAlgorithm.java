package dev.phosphene.graph.rewrite.blocked;

/** How convolutions in the blocked layout are computed. */
public enum ConvolutionAlgorithm {
  /** All by their definition. */
  DIRECT,
  /**
   * Large ones with three or five taps in fewer products, by Winograd's minimal filtering; each
   * rounds about as much as the direct one, but differently.
   */
  FASTEST
}
