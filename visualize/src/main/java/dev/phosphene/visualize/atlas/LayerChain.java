package dev.phosphene.visualize.atlas;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which layer a layer directly follows. */
final class LayerChain {
  private final Graph graph;
  private final Map<String, List<Node>> consumers;
  private final Map<String, Layer> byOutput = new HashMap<>();

  /**
   * A layer and its only source.
   *
   * @param layer that it follows
   * @param exclusive whether nothing else follows that one
   */
  record Link(Layer layer, boolean exclusive) {}

  LayerChain(Model model) {
    this.graph = model.graph();
    this.consumers = graph.consumers();
    model.layers().layers().forEach(layer -> byOutput.putIfAbsent(layer.output(), layer));
  }

  /** The layer from which alone another one is computed; empty where there are several or none. */
  Optional<Link> before(Layer layer) {
    Set<String> sources = new HashSet<>();
    Set<Node> passed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(layer.output()));
    while (!open.isEmpty()) {
      String value = open.pop();
      if (!value.equals(layer.output()) && byOutput.containsKey(value)) {
        sources.add(value);
      } else if (graph.isInput(value)) {
        return Optional.empty();
      } else {
        graph
            .producer(value)
            .filter(passed::add)
            .ifPresent(node -> Graph.reads(node).forEach(open::push));
      }
    }
    if (sources.size() != 1) {
      return Optional.empty();
    }
    String source = sources.iterator().next();
    boolean exclusive = passed.containsAll(consumers.getOrDefault(source, List.of()));
    return Optional.of(new Link(byOutput.get(source), exclusive));
  }
}
