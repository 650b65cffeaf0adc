package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.OperatorTable;
import java.util.Collection;
import java.util.List;

/**
 * Removes and merges nodes of a graph for inference, around the values that someone asked for.
 *
 * @param rewrites of which the first that applies to a node counts
 */
public record Simplification(List<Rewrite> rewrites) {
  /** Rewrites of networks. */
  public static final Simplification STANDARD =
      new Simplification(
          List.of(
              new SeparateFused(),
              new RemoveNoOperation(),
              new MergeTransposes(),
              new MergeReshapes(),
              new SinkTranspose(),
              new FoldBatchNormalization(),
              new FoldChannelArithmetic(),
              new MergeGelu()));

  /** Rewrites of a network with its gradient, which the rules write one operator at a time. */
  public static final Simplification GRADIENTS =
      new Simplification(
          List.of(
              new MergeSwishGradient(),
              new JoinPads(),
              new ExpandPower(),
              new ExpandLayerNormalization(),
              new MergeEqual()));

  /** Every round but the last removes or moves something; real models need three to five. */
  private static final int ROUNDS = 20;

  public Simplification {
    rewrites = List.copyOf(rewrites);
  }

  /**
   * The simplified graph, by all rewrites.
   *
   * @param asked names of values that must still be computed under their names; outputs always are
   * @param operators gives types and shapes of new values
   */
  public static Graph around(Graph graph, Collection<String> asked, OperatorTable operators) {
    return STANDARD.apply(graph, asked, operators);
  }

  /** This list of rewrites without one kind of them. */
  public Simplification without(Class<? extends Rewrite> kind) {
    return new Simplification(rewrites.stream().filter(each -> !kind.isInstance(each)).toList());
  }

  /**
   * The graph simplified by these rewrites, repeated until none applies.
   *
   * @param asked names of values that must still be computed under their names; outputs always are
   */
  public Graph apply(Graph graph, Collection<String> asked, OperatorTable operators) {
    Graph simplified = graph;
    for (int round = 0; round < ROUNDS; round++) {
      Draft draft = new Draft(simplified, asked, operators);
      draft.rewrite(rewrites);
      if (!draft.isChanged()) {
        return simplified;
      }
      simplified = draft.finish();
    }
    return simplified;
  }
}
