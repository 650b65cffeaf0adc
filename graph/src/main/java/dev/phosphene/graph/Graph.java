package dev.phosphene.graph;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An immutable computation: inputs and constants flow through nodes to outputs.
 *
 * <p>Nodes stand in topological order. Every value has one producer, or is an input or a constant.
 * The body of an If, Loop or Scan may read values of the graph around it.
 */
public final class Graph {
  private final List<Value> inputs;
  private final List<String> outputs;
  private final List<Node> nodes;
  private final Map<String, Tensor> constants;
  private final Map<String, Value> values;
  private final Map<String, Node> producers;
  private final Set<String> inputNames;

  /**
   * A graph of these parts, not verified.
   *
   * @param values everything known of types and shapes; values left out have unknown ones
   */
  public Graph(
      List<Value> inputs,
      List<String> outputs,
      List<Node> nodes,
      Map<String, Tensor> constants,
      Collection<Value> values) {
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.nodes = List.copyOf(nodes);
    this.constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    this.values = new HashMap<>();
    values.forEach(value -> this.values.put(value.name(), value));
    this.constants.forEach(
        (name, tensor) -> this.values.put(name, new Value(name, tensor.type(), tensor.shape())));
    inputs.forEach(input -> this.values.put(input.name(), input));
    this.inputNames = inputs.stream().map(Value::name).collect(Collectors.toSet());
    this.producers = new HashMap<>();
    for (Node node : this.nodes) {
      for (String output : node.outputs()) {
        if (!output.isEmpty()) {
          producers.putIfAbsent(output, node);
        }
      }
    }
  }

  public List<Value> inputs() {
    return inputs;
  }

  /** Names of the values that the graph gives. */
  public List<String> outputs() {
    return outputs;
  }

  /** All nodes in topological order. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Weights and other constants by name. */
  public Map<String, Tensor> constants() {
    return constants;
  }

  /** What is known of a value; its type and shape are unknown where nothing is. */
  public Value value(String name) {
    Value value = values.get(name);
    return value != null ? value : new Value(name, ElementType.UNKNOWN, Shape.unknown());
  }

  /** Everything known of types and shapes of inputs, constants and outputs of nodes. */
  public Collection<Value> values() {
    return Collections.unmodifiableCollection(values.values());
  }

  /** The node that gives a value; empty for inputs and constants. */
  public Optional<Node> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  public boolean isInput(String value) {
    return inputNames.contains(value);
  }

  /** Whether a value of this name is an input, a constant, or given by a node. */
  public boolean defines(String value) {
    return producers.containsKey(value) || constants.containsKey(value) || isInput(value);
  }

  /** Nodes by the values that they read, bodies of control flow included; in topological order. */
  public Map<String, List<Node>> consumers() {
    Map<String, List<Node>> consumers = new HashMap<>();
    for (Node node : nodes) {
      for (String input : reads(node)) {
        consumers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
      }
    }
    return consumers;
  }

  /**
   * The part of this graph that these outputs need: other nodes and constants are left out. Inputs
   * stay, in their order, where needed.
   */
  public Graph reaching(Collection<String> wanted) {
    Set<String> needed = new LinkedHashSet<>(wanted);
    Deque<Node> kept = new ArrayDeque<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        kept.addFirst(node);
        needed.addAll(reads(node));
      }
    }
    Map<String, Tensor> neededConstants = new LinkedHashMap<>(constants);
    neededConstants.keySet().retainAll(needed);
    kept.forEach(node -> needed.addAll(node.outputs()));
    return new Graph(
        inputs.stream().filter(input -> needed.contains(input.name())).toList(),
        List.copyOf(new LinkedHashSet<>(wanted)),
        List.copyOf(kept),
        neededConstants,
        values.values().stream().filter(value -> needed.contains(value.name())).toList());
  }

  /** Names of all values that a node reads, also inside its bodies; never empty names. */
  public static Set<String> reads(Node node) {
    Set<String> names = new LinkedHashSet<>();
    for (String input : node.inputs()) {
      if (!input.isEmpty()) {
        names.add(input);
      }
    }
    for (Attribute attribute : node.attributes().values().values()) {
      if (attribute instanceof Attribute.GraphValue body) {
        names.addAll(body.value().captures());
      }
    }
    return names;
  }

  /** Names that this graph reads and does not define: values of the graph around it. */
  public Set<String> captures() {
    Set<String> names = new LinkedHashSet<>();
    nodes.forEach(node -> names.addAll(reads(node)));
    names.addAll(outputs);
    names.removeIf(this::defines);
    return names;
  }

  /** The whole graph as text, a line each for inputs, constants and nodes. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    inputs.forEach(input -> text.append("input ").append(input).append('\n'));
    constants.forEach(
        (name, tensor) -> text.append(name).append(" = ").append(tensor).append('\n'));
    nodes.forEach(node -> text.append(node).append('\n'));
    return text.append("output ").append(String.join(", ", outputs)).append('\n').toString();
  }
}
