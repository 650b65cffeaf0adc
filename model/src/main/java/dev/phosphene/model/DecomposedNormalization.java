package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recognizes batch normalization that an exporter wrote as arithmetic, {@code (x - mean) * scale +
 * offset}, as Keras' does: one layer to its author.
 */
final class DecomposedNormalization {
  /** What the layer table calls its kind. */
  static final String KIND = "BatchNormalization";

  private final Graph graph;
  private final Map<String, List<Node>> consumers;

  DecomposedNormalization(Graph graph) {
    this.graph = graph;
    this.consumers = graph.consumers();
  }

  /** The three nodes of which this is the last; empty where it is not. */
  Optional<List<Node>> endingAt(Node node) {
    if (!isAffine(node, "Add")) {
      return Optional.empty();
    }
    Optional<Node> scale = before(node, "Mul");
    Optional<Node> center = scale.flatMap(found -> before(found, "Sub"));
    return center.map(first -> List.of(first, scale.orElseThrow(), node));
  }

  /** The node that gives the first input, where it is of this kind and nobody else reads it. */
  private Optional<Node> before(Node node, String operator) {
    return graph
        .producer(node.input(0))
        .filter(found -> isAffine(found, operator))
        .filter(found -> consumers.getOrDefault(found.output(0), List.of()).size() == 1);
  }

  /** Whether a node combines its first input with a constant that has an element a channel. */
  private boolean isAffine(Node node, String operator) {
    return node.is(operator)
        && graph.constants().containsKey(node.input(1))
        && graph.value(node.input(1)).rank() > 0
        && !graph.constants().containsKey(node.input(0));
  }
}
