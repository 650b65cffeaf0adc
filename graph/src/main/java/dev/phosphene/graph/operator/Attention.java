package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** Scaled dot-product attention, and what transformers keep beside it. */
final class Attention {
  private Attention() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("Attention", 24, Attention::attend),
        new OperatorSpec(
            "RotaryEmbedding", 23, node -> node.output(0, node.type(0), node.shape(0))),
        new OperatorSpec("TensorScatter", 24, node -> node.output(0, node.type(0), node.shape(0))));
  }

  /**
   * Queries {@code [N, heads, L, E]} and values {@code [N, heads, S, F]} give {@code [N, heads, L,
   * F]}; with heads folded into the last axis, {@code [N, L, heads * E]} and {@code [N, S, heads *
   * F]} give {@code [N, L, heads * F]}.
   */
  private static void attend(Inference node) {
    Shape queries = node.shape(0);
    Shape values = node.shape(2);
    Shape shape = Shape.unknown();
    if (queries.isRankKnown()) {
      if (queries.rank() != 3 && queries.rank() != 4) {
        throw node.error("queries should have 3 or 4 axes, found shape " + queries);
      }
      Axes.requireRank(node, "the values for queries " + queries, values, queries.rank());
      shape = queries.with(-1, features(node, queries, values));
    }
    node.output(0, node.type(0), shape);
    node.output(1, node.type(1), Shape.ofRank(4));
    node.output(2, node.type(2), Shape.ofRank(4));
    node.output(3, node.type(0), Shape.ofRank(4));
  }

  private static Dimension features(Inference node, Shape queries, Shape values) {
    if (!values.isRankKnown()) {
      return Dimension.unknown();
    }
    if (queries.rank() == 4) {
      return values.dimension(-1);
    }
    long heads = node.attributes().integer("q_num_heads", 0);
    long valueHeads = node.attributes().integer("kv_num_heads", 0);
    Dimension width = values.dimension(-1);
    if (heads < 1 || valueHeads < 1 || (width.isKnown() && width.size() % valueHeads != 0)) {
      throw node.error(
          "q_num_heads %d and kv_num_heads %d do not fit values %s"
              .formatted(heads, valueHeads, values));
    }
    return width.isKnown()
        ? Axes.times(Dimension.of(width.size() / valueHeads), heads)
        : Dimension.unknown();
  }
}
