package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Renaming;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph being rewritten, node by node in topological order: all that a rewrite sees, and where it
 * writes. Patterns are matched backwards, from a node to those that give its inputs. As an {@link
 * Emitter} it adds nodes; nodes that nobody reads in the end are left out.
 */
public final class Draft implements Emitter {
  /** Operators that give something else each time. */
  private static final Set<String> UNREPEATABLE =
      Set.of(
          "Bernoulli",
          "Dropout",
          "Multinomial",
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike");

  /** Elements of a constant up to which it is compared with others: axes, shapes and numbers. */
  private static final int LARGEST_COMPARED = 16;

  private final Graph graph;
  private final GraphBuilder builder;
  private final Set<String> kept = new HashSet<>();
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, String> substitutes = new HashMap<>();
  private final Map<List<Object>, String> computed = new HashMap<>();
  private final Set<Node> unread = new HashSet<>();
  private boolean changed;

  Draft(Graph graph, Collection<String> asked, OperatorTable operators) {
    this.graph = graph;
    this.builder = new GraphBuilder(operators);
    builder.reserve(Renaming.allNames(graph));
    graph.inputs().forEach(input -> builder.input(input.name(), input.type(), input.shape()));
    graph.constants().forEach(builder::constant);
    kept.addAll(asked);
    kept.addAll(graph.outputs());
    for (Node node : graph.nodes()) {
      node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
      keepCaptures(node);
    }
  }

  private void keepCaptures(Node node) {
    for (Attribute attribute : node.attributes().values().values()) {
      if (attribute instanceof Attribute.GraphValue body) {
        kept.addAll(body.value().captures());
      }
    }
  }

  /** Passes all nodes by these rewrites, of which the first that applies to a node counts. */
  void rewrite(List<Rewrite> rewrites) {
    for (Node original : graph.nodes()) {
      Node node = original.withInputs(original.inputs().stream().map(this::current).toList());
      builder.label(node.name().isEmpty() ? "" : node.name() + "/", node.metadata());
      boolean rewritten = rewrites.stream().anyMatch(rewrite -> rewrite.apply(node, this));
      if (rewritten) {
        changed = true;
        release(node);
      } else {
        add(node, node.outputs().stream().map(graph::value).toList());
      }
    }
  }

  private String current(String name) {
    return substitutes.getOrDefault(name, name);
  }

  private void add(Node node, List<Value> known) {
    builder.add(node, known);
    produce(node);
  }

  private void produce(Node node) {
    node.outputs().stream()
        .filter(output -> !output.isEmpty())
        .forEach(output -> producers.put(output, node));
    if (node.outputs().size() == 1) {
      recipe(node).ifPresent(recipe -> computed.putIfAbsent(recipe, node.output(0)));
    }
  }

  /** What a node computes, by itself; empty where two alike need not give the same. */
  private Optional<List<Object>> recipe(Node node) {
    if (!node.type().domain().isEmpty() || UNREPEATABLE.contains(node.type().name())) {
      return Optional.empty();
    }
    List<Object> inputs = new ArrayList<>();
    node.inputs().forEach(input -> inputs.add(content(input)));
    return Optional.of(List.of(node.type().name(), node.attributes(), inputs));
  }

  /** Small constants are the same if their elements are, others if their names are. */
  private Object content(String input) {
    return constantOf(input)
        .filter(constant -> constant.elements() <= LARGEST_COMPARED)
        .<Object>map(constant -> List.of(constant.type(), constant.shape(), constant.bytes()))
        .orElse(input);
  }

  boolean isChanged() {
    return changed;
  }

  /** The rewritten graph with the nodes that asked values need. All inputs stay. */
  Graph finish() {
    Set<String> wanted = new LinkedHashSet<>(graph.outputs());
    kept.stream().filter(builder::defines).sorted().forEach(wanted::add);
    Graph needed = builder.build(graph.outputs()).reaching(wanted);
    return new Graph(
        graph.inputs(), graph.outputs(), needed.nodes(), needed.constants(), needed.values());
  }

  public Value value(String name) {
    return builder.value(name);
  }

  /** The node that gives a value; empty for inputs and constants. */
  public Optional<Node> producer(String value) {
    return Optional.ofNullable(producers.get(value));
  }

  /** What an operator without attributes gives of two values, if it is there. */
  Optional<String> computed(String operator, String first, String second) {
    return computed(
        new Node(
            "",
            OperatorType.of(operator),
            List.of(first, second),
            List.of(""),
            Attributes.none(),
            Map.of()));
  }

  /** What an earlier node gives that computes the same from the same, if there is one. */
  Optional<String> computed(Node node) {
    return recipe(node).map(computed::get);
  }

  /** Content of a value that is a constant. */
  public Optional<Tensor> constantOf(String value) {
    return value.isEmpty() ? Optional.empty() : builder.constantOf(builder.value(value));
  }

  @Override
  public Optional<Tensor> constantOf(Value value) {
    return builder.constantOf(value);
  }

  /** Whether someone asked for this value, so that it has to stay. */
  public boolean isKept(String value) {
    return kept.contains(value);
  }

  /** Whether one input of one node is all that needs this value. */
  public boolean isReadOnce(String value) {
    return !isKept(value) && readers.getOrDefault(value, 0) == 1;
  }

  /** Whether nothing needs this value. */
  public boolean isUnread(String value) {
    return !isKept(value) && readers.getOrDefault(value, 0) == 0;
  }

  /** What is known of the first output of the node that is to be rewritten. */
  public Value inferred(Node node) {
    return graph.value(node.output(0));
  }

  /**
   * Makes all who read an output of the node that is rewritten read another value.
   *
   * @param output not kept
   */
  public void redirect(String output, String other) {
    substitutes.put(output, other);
    readers.merge(other, readers.getOrDefault(output, 0), Integer::sum);
    readers.remove(output);
  }

  /** Adds a node with the name, notes and outputs of another one. */
  public void give(Node replaced, String operator, Attributes attributes, Value... arguments) {
    give(replaced, replaced, operator, attributes, arguments);
  }

  /** Adds a node with the outputs of one that it replaces, and the name and notes of another. */
  public void give(
      Node replaced, Node named, String operator, Attributes attributes, Value... arguments) {
    Node node =
        new Node(
            named.name(),
            OperatorType.of(operator),
            read(Arrays.asList(arguments)),
            replaced.outputs(),
            attributes,
            named.metadata());
    add(node, replaced.outputs().stream().map(graph::value).toList());
  }

  private List<String> read(List<Value> arguments) {
    List<String> names = new ArrayList<>();
    for (Value argument : arguments) {
      names.add(argument.name());
      readers.merge(argument.name(), 1, Integer::sum);
    }
    return names;
  }

  /** Takes a node's reading back, and that of nodes which nobody reads any more. */
  private void release(Node node) {
    Deque<Node> released = new ArrayDeque<>(List.of(node));
    while (!released.isEmpty()) {
      for (String input : released.removeFirst().inputs()) {
        readers.merge(input, -1, Integer::sum);
        Node producer = producers.get(input);
        if (producer != null && isUnread(producer) && unread.add(producer)) {
          released.add(producer);
        }
      }
    }
  }

  private boolean isUnread(Node node) {
    return node.outputs().stream().allMatch(this::isUnread);
  }

  @Override
  public List<Value> apply(
      OperatorType type, int outputs, Attributes attributes, List<Value> arguments) {
    read(arguments);
    List<Value> results = builder.apply(type, outputs, attributes, arguments);
    produce(builder.lastNode());
    return results;
  }

  @Override
  public GraphBuilder body() {
    return builder.body();
  }

  @Override
  public Value constant(Tensor tensor) {
    return builder.constant(tensor);
  }
}
