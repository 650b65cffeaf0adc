package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;

/**
 * Products of many rows with a constant matrix of weights: convolutions with kernels of one
 * element. Their inner loops are faster than those of the runtime's matrix product, which also
 * slows down where rows lie a multiple of a page apart.
 */
final class ChannelsLastProduct implements BlockedOperator {
  /** Rows from which another order of the weight is worth it. */
  private static final long FEWEST_ROWS = 32;

  @Override
  public boolean apply(Node node, BlockedDraft draft) {
    if (!draft.arrangesProducts() || !isProduct(node, draft)) {
      return false;
    }
    ChannelsLast values = draft.channelsLast();
    String input = node.input(0);
    Optional<Tensor> bias = values.vector(node.input(2), values.channels(node.output(0)));
    Optional<WeightView> found = ConstantWeights.matrix(node.input(1), draft);
    if (found.isEmpty() || node.hasInput(2) != bias.isPresent()) {
      return false;
    }
    WeightView matrix = isTransposed(node) ? found.get() : found.get().transposed(1, 0);
    String order = isTransposed(node) ? "/inputs" : "/outputs";
    Value weight = draft.pointwise(node.input(1) + order, matrix);
    Value flat = values.flat(input, values.isBlocked(input) ? values.pictures(input) : 1);
    values.give(node.output(0), new PointwiseConvolution(flat, weight, 1, bias));
    return true;
  }

  /** Whether this is a product that can be a convolution, but for its weight and bias. */
  static boolean isProduct(Node node, BlockedDraft draft) {
    if (!node.type().domain().isEmpty() || !(node.is("MatMul") || isPlainGemm(node))) {
      return false;
    }
    ChannelsLast values = draft.channelsLast();
    Value weight = draft.original(node.input(1));
    return values.isShaped(node.input(0))
        && values.isShaped(node.output(0))
        && values.rows(node.input(0)) >= FEWEST_ROWS
        && weight.type() == ElementType.FLOAT32
        && weight.rank() == 2
        && ConstantWeights.isWeight(node.input(1), draft);
  }

  private static boolean isPlainGemm(Node node) {
    return node.is("Gemm")
        && !node.attributes().flag("transA", false)
        && node.attributes().real("alpha", 1) == 1
        && node.attributes().real("beta", 1) == 1;
  }

  private static boolean isTransposed(Node node) {
    return node.is("Gemm") && node.attributes().flag("transB", false);
  }
}
