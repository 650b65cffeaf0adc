package dev.phosphene.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gives values of a node, and those that its bodies read, other names. */
public final class Renaming {
  private Renaming() {}

  public static Node rename(Node node, Map<String, String> names) {
    return new Node(
        node.name(),
        node.type(),
        rename(node.inputs(), names),
        rename(node.outputs(), names),
        renameBodies(node.attributes(), names),
        node.metadata());
  }

  private static List<String> rename(List<String> values, Map<String, String> names) {
    return values.stream().map(value -> names.getOrDefault(value, value)).toList();
  }

  private static Attributes renameBodies(Attributes attributes, Map<String, String> names) {
    Map<String, Attribute> renamed = new LinkedHashMap<>(attributes.values());
    renamed.replaceAll(
        (key, attribute) ->
            attribute instanceof Attribute.GraphValue body
                ? new Attribute.GraphValue(renameCaptures(body.value(), names))
                : attribute);
    return new Attributes(renamed);
  }

  private static Graph renameCaptures(Graph body, Map<String, String> names) {
    Map<String, String> captured = new HashMap<>(names);
    captured.keySet().retainAll(body.captures());
    if (captured.isEmpty()) {
      return body;
    }
    return new Graph(
        body.inputs(),
        rename(body.outputs(), captured),
        body.nodes().stream().map(node -> rename(node, captured)).toList(),
        body.constants(),
        body.values().stream().filter(value -> !captured.containsKey(value.name())).toList());
  }

  /**
   * Names of all values and nodes of a graph and, at any depth, of its bodies: those that new ones
   * must not have.
   */
  public static Set<String> allNames(Graph graph) {
    Set<String> names = new HashSet<>();
    collect(graph, names);
    return names;
  }

  private static void collect(Graph graph, Set<String> names) {
    graph.inputs().forEach(input -> names.add(input.name()));
    names.addAll(graph.constants().keySet());
    for (Node node : graph.nodes()) {
      names.add(node.name());
      names.addAll(node.outputs());
      for (Attribute attribute : node.attributes().values().values()) {
        if (attribute instanceof Attribute.GraphValue body) {
          collect(body.value(), names);
        }
      }
    }
  }

  /** What is known of values, under their other names. */
  public static List<Value> rename(Collection<Value> values, Map<String, String> names) {
    List<Value> renamed = new ArrayList<>();
    for (Value value : values) {
      String name = names.getOrDefault(value.name(), value.name());
      renamed.add(new Value(name, value.type(), value.shape()));
    }
    return renamed;
  }
}
