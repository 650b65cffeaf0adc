package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.Renaming;
import java.util.List;

/**
 * Brings a graph into the blocked channel layout, from its first convolution, or product of many
 * rows with weights, to where a value has to leave.
 */
public final class BlockedLayout {
  /**
   * Weights of products of more bytes together, each counted as often as it is in one, stay in
   * their files, from which the runtime maps them: arranged, they are in memory twice while a
   * session is compiled. vit_b_16 would be a fifteenth faster, and take 1.9 instead of 0.9 GB.
   */
  private static final long LARGEST_ARRANGED = 256L << 20;

  private BlockedLayout() {}

  /**
   * A graph that computes the same in the blocked layout; the same graph where no convolution fills
   * a block with filters and no product can be one.
   *
   * @param graph with known shapes
   * @param block channels side by side, as the runtime's kernels for this processor have them
   * @param algorithm in which convolutions may be computed
   * @param operators gives types and shapes of new values
   */
  public static Graph of(
      Graph graph, int block, ConvolutionAlgorithm algorithm, OperatorTable operators) {
    BlockedDraft draft =
        new BlockedDraft(graph, block, algorithm, Renaming.allNames(graph), operators);
    List<Node> products =
        graph.nodes().stream().filter(node -> ChannelsLastProduct.isProduct(node, draft)).toList();
    long bytes =
        products.stream()
            .mapToLong(node -> graph.value(node.input(1)).shape().elements() * Float.BYTES)
            .sum();
    draft.arrangeProducts(!products.isEmpty() && bytes <= mostArranged());
    if (!draft.arrangesProducts()
        && graph.nodes().stream().noneMatch(node -> fills(node, graph, block))) {
      return graph;
    }
    for (Node node : graph.nodes()) {
      draft.begin(node);
      if (!BlockedOperators.apply(node, draft)) {
        draft.copy(node);
      }
    }
    return ConvolutionFusion.of(draft.finish());
  }

  /**
   * Bytes of weights of products that are arranged at most. They lie in native memory, of which
   * Java allows as much as of its own.
   */
  public static long mostArranged() {
    return Math.min(LARGEST_ARRANGED, Runtime.getRuntime().maxMemory() / 2);
  }

  private static boolean fills(Node node, Graph graph, int block) {
    return node.is("Conv")
        && graph.value(node.output(0)).shape().isStatic()
        && graph.value(node.output(0)).size(1) >= block;
  }
}
