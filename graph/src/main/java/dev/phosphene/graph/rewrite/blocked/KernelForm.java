package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;

/**
 * In which of the blocked kernels' forms a convolution is computed.
 *
 * @param weight in the order of that form
 * @param groups of the convolution that is computed
 * @param input the images, blocked or, where there are few channels, as they are
 */
record KernelForm(Tensor weight, long groups, Value input) {
  /** Groups that are computed as one cost this many times the products, at most. */
  private static final int MOST_MERGED = 8;

  /**
   * The form for a kernel over an image value.
   *
   * @param groups of the kernel
   * @param input a value of the original graph
   * @return empty where the blocked kernels cannot compute it, or not well
   */
  static Optional<KernelForm> of(Kernel kernel, int groups, String input, BlockedDraft draft) {
    int block = draft.block();
    BlockedWeights weights = draft.weights();
    if (groups == 1 && kernel.inputs() < block && !draft.isBlocked(input)) {
      Tensor weight = weights.blockedOutputs(kernel);
      return Optional.of(new KernelForm(weight, 1, draft.plain(input)));
    }
    if (!draft.isBlockable(input)) {
      return Optional.empty();
    }
    if (groups == 1) {
      return Optional.of(new KernelForm(weights.blocked(kernel), 1, draft.flat(input)));
    }
    int outputsOfGroup = kernel.outputs() / groups;
    if (kernel.inputs() == 1 && outputsOfGroup == 1) {
      Tensor weight = weights.blockedOutputs(kernel);
      return Optional.of(new KernelForm(weight, weights.padded(groups), draft.flat(input)));
    }
    int merged = merged(kernel.inputs(), outputsOfGroup, groups, block);
    if (merged == 0) {
      return Optional.empty();
    }
    Kernel whole = merged == 1 ? kernel : new Kernel.BlockDiagonal(kernel, outputsOfGroup, merged);
    return Optional.of(new KernelForm(weights.blocked(whole), groups / merged, draft.flat(input)));
  }

  /** How many groups make whole blocks of inputs and outputs; 0 where too many would have to. */
  private static int merged(int inputs, int outputs, int groups, int block) {
    for (int merged = 1; merged <= Math.min(groups, MOST_MERGED); merged++) {
      if (groups % merged == 0 && inputs * merged % block == 0 && outputs * merged % block == 0) {
        return merged;
      }
    }
    return 0;
  }
}
