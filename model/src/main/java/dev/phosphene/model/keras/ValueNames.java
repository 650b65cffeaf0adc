package dev.phosphene.model.keras;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Renaming;
import dev.phosphene.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives values the names of the layers that they leave. While a graph grows its values have other
 * names, since a layer's last node is known only when the layer is done.
 */
final class ValueNames {
  private final GraphBuilder graph;
  private final Map<String, String> given = new HashMap<>();
  private final Set<String> taken = new HashSet<>();

  ValueNames(GraphBuilder graph) {
    this.graph = graph;
  }

  /** Keeps a name from being given. */
  void take(String name) {
    taken.add(name);
    graph.reserve(List.of(name));
  }

  /**
   * Gives a value a name: itself where a node computes it and it has no name yet, else a copy.
   *
   * @return the value that will have the name
   */
  Value give(Value value, String name) {
    boolean isOwn =
        !given.containsKey(value.name())
            && !taken.contains(value.name())
            && graph.constantOf(value).isEmpty();
    Value named = isOwn ? value : copy(value, name);
    String free = free(name);
    take(free);
    given.put(named.name(), free);
    return named;
  }

  /**
   * A node of the layer's own: nodes that others add to this graph later must not meet its name.
   */
  private Value copy(Value value, String name) {
    graph.label(name + "/", Map.of());
    Value copy = graph.apply("Identity", value);
    graph.label("", Map.of());
    return copy;
  }

  /** A name that no value has or will have: this one, or one like it. */
  String free(String name) {
    return taken.contains(name) || graph.defines(name) ? graph.freshName(name) : name;
  }

  /** The name that a value will have. */
  String of(Value value) {
    return given.getOrDefault(value.name(), value.name());
  }

  /** The graph with all names given. */
  Graph applied(List<Value> outputs) {
    Graph built = graph.build(outputs.stream().map(Value::name).distinct().toList());
    List<Node> nodes = built.nodes().stream().map(node -> Renaming.rename(node, given)).toList();
    return new Graph(
        built.inputs(),
        built.outputs().stream().map(name -> given.getOrDefault(name, name)).toList(),
        nodes,
        built.constants(),
        Renaming.rename(built.values(), given));
  }
}
