package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;

/** Means, sums and maxima of each channel over all its positions. */
final class BlockedReduction implements BlockedOperator {
  @Override
  public boolean apply(Node node, BlockedDraft draft) {
    String input = node.input(0);
    String output = node.output(0);
    if (!draft.isBlocked(input) || draft.isVector(input) || !isOverPositions(node, draft)) {
      return false;
    }
    long[] flat = draft.flatSizes(draft.sizes(input));
    String pooling = node.is("GlobalMaxPool") ? "GlobalMaxPool" : "GlobalAveragePool";
    long[] pooledSizes = {flat[0], flat[1], 1, 1};
    Value pooled = draft.blocked(pooling, Attributes.none(), pooledSizes, draft.flat(input));
    if (node.is("ReduceSum")) {
      pooled = draft.emitter().multiply(pooled, (double) flat[2] * flat[3]);
    }
    if (draft.isShaped(output)) {
      draft.giveFlat(output, pooled);
    } else {
      Value channels = draft.emitter().slice(pooled, 1, 0, draft.sizes(input)[1]);
      draft.givePlain(
          output, draft.emitter().reshape(channels, draft.original(output).shape().sizes()));
    }
    return true;
  }

  private static boolean isOverPositions(Node node, BlockedDraft draft) {
    if (!node.is("ReduceMean") && !node.is("ReduceSum")) {
      return true;
    }
    int rank = draft.sizes(node.input(0)).length;
    Optional<Tensor> axes = draft.constant(node.input(1));
    return axes.isPresent()
        && draft.original(node.output(0)).shape().isStatic()
        && Arrays.equals(
            Arrays.stream(axes.get().toLongs())
                .map(axis -> axis < 0 ? axis + rank : axis)
                .sorted()
                .toArray(),
            LongStream.range(2, rank).toArray());
  }
}
