package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.List;

/**
 * Recurrent layers. Input {@code [steps, batch, features]}; outputs: every state {@code [steps,
 * directions, batch, hidden]}, then the last ones {@code [directions, batch, hidden]}. With layout
 * 1 the batch stands first.
 */
final class Recurrence {
  private Recurrence() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("RNN", 14, Recurrence::infer),
        new OperatorSpec("GRU", 14, Recurrence::infer),
        new OperatorSpec("LSTM", 14, Recurrence::infer));
  }

  static void infer(Inference node) {
    Shape input = node.shape(0);
    Axes.requireRank(node, "the input", input, 3);
    Axes.requireRank(node, "the recurrent weights", node.shape(2), 3);
    boolean batchFirst = node.attributes().flag("layout", false);
    Dimension first = input.isRankKnown() ? input.dimension(0) : Dimension.unknown();
    Dimension second = input.isRankKnown() ? input.dimension(1) : Dimension.unknown();
    Dimension steps = batchFirst ? second : first;
    Dimension batch = batchFirst ? first : second;
    Dimension directions = directions(node);
    Dimension hidden = hidden(node);
    Shape all =
        batchFirst
            ? Shape.of(List.of(batch, steps, directions, hidden))
            : Shape.of(List.of(steps, directions, batch, hidden));
    Shape last =
        batchFirst
            ? Shape.of(List.of(batch, directions, hidden))
            : Shape.of(List.of(directions, batch, hidden));
    node.output(0, node.type(0), all);
    node.output(1, node.type(0), last);
    node.output(2, node.type(0), last);
  }

  private static Dimension directions(Inference node) {
    String direction = node.attributes().text("direction", "forward");
    return switch (direction) {
      case "forward", "reverse" -> Dimension.of(1);
      case "bidirectional" -> Dimension.of(2);
      default ->
          throw node.error(
              "direction should be forward, reverse or bidirectional, found \"" + direction + '"');
    };
  }

  private static Dimension hidden(Inference node) {
    Shape weights = node.shape(2);
    Dimension known = weights.isRankKnown() ? weights.dimension(2) : Dimension.unknown();
    if (!node.attributes().has("hidden_size")) {
      return known;
    }
    long given = node.attributes().integer("hidden_size", 0);
    if (given < 1) {
      throw node.error("hidden_size should be at least 1, found " + given);
    }
    return Axes.unify(node, "hidden sizes of attribute and weights", Dimension.of(given), known);
  }
}
