package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.Renaming;

/**
 * Brings a graph into the blocked channel layout, from its first convolution to where a value has
 * to leave.
 */
public final class BlockedLayout {
  private BlockedLayout() {}

  /**
   * A graph that computes the same in the blocked layout; the same graph where no convolution fills
   * a block with filters.
   *
   * @param graph with known shapes
   * @param block channels side by side, as the runtime's kernels for this processor have them
   * @param algorithm in which convolutions may be computed
   * @param operators gives types and shapes of new values
   */
  public static Graph of(
      Graph graph, int block, ConvolutionAlgorithm algorithm, OperatorTable operators) {
    if (graph.nodes().stream().noneMatch(node -> fills(node, graph, block))) {
      return graph;
    }
    BlockedDraft draft =
        new BlockedDraft(graph, block, algorithm, Renaming.allNames(graph), operators);
    for (Node node : graph.nodes()) {
      draft.begin(node);
      BlockedOperator operator = BlockedOperators.of(node);
      if (operator == null || !operator.apply(node, draft)) {
        draft.copy(node);
      }
    }
    return ConvolutionFusion.of(draft.finish());
  }

  private static boolean fills(Node node, Graph graph, int block) {
    return node.is("Conv")
        && graph.value(node.output(0)).shape().isStatic()
        && graph.value(node.output(0)).size(1) >= block;
  }
}
