package dev.phosphene.graph;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Grows a graph node by node, in topological order, inferring type and shape of every value as it
 * comes; or the body of a node, which sees the values of the graph around it. Not safe for use by
 * several threads.
 */
public final class GraphBuilder implements Emitter {
  private final OperatorTable operators;
  private final @Nullable GraphBuilder around;
  private final List<Value> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Map<String, Value> values = new HashMap<>();
  private final Map<ConstantKey, Value> smallConstants = new HashMap<>();
  private final Map<String, Integer> lastNumber = new HashMap<>();
  private final Set<String> reserved = new HashSet<>();
  private Map<String, String> metadata = Map.of();
  private String prefix = "";

  /** Small constants of equal content are kept once. */
  private record ConstantKey(ElementType type, List<Long> sizes, List<Byte> content) {}

  /** Bytes up to which equal constants are looked for. */
  private static final int SMALL_CONSTANT = 256;

  /** An empty graph, of nodes that this table knows (others are accepted, with unknown shapes). */
  public GraphBuilder(OperatorTable operators) {
    this(operators, null);
  }

  private GraphBuilder(OperatorTable operators, @Nullable GraphBuilder around) {
    this.operators = operators;
    this.around = around;
  }

  /**
   * An empty body for a node of this graph. It may read what this graph has; names that it makes
   * are new in this graph, too, and its constants without a name are this graph's, so that all
   * bodies share them.
   */
  @Override
  public GraphBuilder body() {
    GraphBuilder body = new GraphBuilder(operators, this);
    body.label(prefix, metadata);
    return body;
  }

  /** A builder that starts with everything that a graph has. */
  public static GraphBuilder from(Graph graph, OperatorTable operators) {
    GraphBuilder builder = new GraphBuilder(operators);
    graph.inputs().forEach(builder::declare);
    graph.constants().forEach(builder::constant);
    graph.values().forEach(value -> builder.values.putIfAbsent(value.name(), value));
    graph.nodes().forEach(builder::append);
    return builder;
  }

  /** Adds an input. */
  public Value input(String name, ElementType type, Shape shape) {
    Value input = new Value(name, type, shape);
    declare(input);
    return input;
  }

  private void declare(Value input) {
    requireNew(input.name());
    inputs.add(input);
    values.put(input.name(), input);
  }

  /** Adds a constant under this name. */
  public Value constant(String name, Tensor tensor) {
    requireNew(name);
    constants.put(name, tensor);
    Value value = new Value(name, tensor.type(), tensor.shape());
    values.put(name, value);
    return value;
  }

  @Override
  public Value constant(Tensor tensor) {
    if (around != null) {
      return around.constant(tensor);
    }
    if ((long) tensor.elements() * tensor.type().bytes() > SMALL_CONSTANT) {
      return constant(freshName("constant"), tensor);
    }
    ConstantKey key = key(tensor);
    Value known = smallConstants.get(key);
    if (known == null) {
      known = constant(freshName("constant"), tensor);
      smallConstants.put(key, known);
    }
    return known;
  }

  private static ConstantKey key(Tensor tensor) {
    byte[] content = new byte[tensor.elements() * tensor.type().bytes()];
    tensor.bytes().get(content);
    List<Byte> boxed = new ArrayList<>(content.length);
    for (byte b : content) {
      boxed.add(b);
    }
    return new ConstantKey(
        tensor.type(), Arrays.stream(tensor.sizes()).boxed().collect(Collectors.toList()), boxed);
  }

  /**
   * Adds a node whose outputs have the names that it says.
   *
   * @return its outputs, with types and shapes inferred
   * @throws PhospheneException where an output's name is taken or inference finds a contradiction
   */
  public List<Value> add(Node node) {
    return add(node, List.of());
  }

  /**
   * Adds a node of which something is known already, as a model file may say of its values.
   *
   * @param declared what is known; used where inference finds less
   */
  public List<Value> add(Node node, Collection<Value> declared) {
    List<Value> arguments = node.inputs().stream().map(this::value).toList();
    Inference inference = new Inference(node, arguments, this::constantOf);
    operators.find(node.type()).ifPresent(spec -> spec.inference().infer(inference));
    List<Value> outputs = new ArrayList<>();
    for (Value inferred : inference.result()) {
      if (!inferred.isPresent()) {
        outputs.add(Value.ABSENT);
        continue;
      }
      requireNew(inferred.name());
      Value merged =
          declared.stream()
              .filter(value -> value.name().equals(inferred.name()))
              .findFirst()
              .map(value -> merge(inferred, value))
              .orElse(inferred);
      values.put(merged.name(), merged);
      outputs.add(merged);
    }
    append(node);
    return Collections.unmodifiableList(outputs);
  }

  private void append(Node node) {
    nodes.add(node);
    node.attributes().values().values().stream()
        .filter(Attribute.GraphValue.class::isInstance)
        .forEach(body -> reserve(Renaming.allNames(((Attribute.GraphValue) body).value())));
    node.outputs().forEach(output -> producers.put(output, node));
  }

  private static Value merge(Value inferred, Value declared) {
    ElementType type = inferred.type() == ElementType.UNKNOWN ? declared.type() : inferred.type();
    Shape shape = inferred.shape().isRankKnown() ? inferred.shape() : declared.shape();
    return new Value(inferred.name(), type, shape);
  }

  @Override
  public List<Value> apply(
      OperatorType type, int outputs, Attributes attributes, List<Value> arguments) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(freshName(prefix + type.name()));
    }
    List<String> argumentNames = arguments.stream().map(Value::name).toList();
    return add(new Node(names.get(0), type, argumentNames, names, attributes, metadata));
  }

  /**
   * Gives nodes added by {@link #apply} from now on this prefix and these notes, until the next
   * call.
   */
  public void label(String namePrefix, Map<String, String> notes) {
    this.prefix = namePrefix;
    this.metadata = Map.copyOf(notes);
  }

  /** A name like this one that no value has yet and nobody reserved. */
  public String freshName(String like) {
    String name;
    do {
      name =
          around != null
              ? around.freshName(like)
              : like + "_" + lastNumber.merge(like, 1, Integer::sum);
    } while (values.containsKey(name) || reserved.contains(name));
    return name;
  }

  /** Keeps names free for values that come later: {@link #freshName} will not give them. */
  public void reserve(Collection<String> names) {
    if (around != null) {
      around.reserve(names);
    }
    reserved.addAll(names);
  }

  /** A value of this graph; {@link Value#ABSENT} for the empty name. */
  public Value value(String name) {
    Value value = values.get(name);
    if (value != null) {
      return value;
    }
    if (around != null) {
      return around.value(name);
    }
    return name.isEmpty() ? Value.ABSENT : new Value(name, ElementType.UNKNOWN, Shape.unknown());
  }

  /** The node that gives a value; empty for inputs and constants. */
  public Optional<Node> producer(String value) {
    Node producer = value.isEmpty() ? null : producers.get(value);
    return producer == null && around != null
        ? around.producer(value)
        : Optional.ofNullable(producer);
  }

  /** Whether this graph has a value of this name; for a body, also the graph around it. */
  public boolean defines(String name) {
    return values.containsKey(name) || (around != null && around.defines(name));
  }

  @Override
  public Optional<Tensor> constantOf(Value value) {
    return constantOf(value.name());
  }

  private Optional<Tensor> constantOf(String name) {
    return around != null && !values.containsKey(name)
        ? around.constantOf(name)
        : Optional.ofNullable(constants.get(name));
  }

  /**
   * Puts a node with more outputs in the place of one that is there; what is known of values stays.
   *
   * @param wider reads nothing that comes after the other, and begins with its outputs
   * @param added what is known of the outputs that the other does not have
   * @throws IllegalArgumentException where the node is not in this graph, or lacks an output of it
   */
  public void widen(Node node, Node wider, Collection<Value> added) {
    int position = nodes.lastIndexOf(node);
    int before = node.outputs().size();
    if (position < 0 || !wider.outputs().subList(0, before).equals(node.outputs())) {
      throw new IllegalArgumentException("Not a wider form of a node that is there: " + wider);
    }
    for (Value value : added) {
      requireNew(value.name());
      values.put(value.name(), value);
    }
    nodes.set(position, wider);
    wider.outputs().forEach(output -> producers.put(output, wider));
  }

  /**
   * The node that was added last.
   *
   * @throws IllegalStateException where there is none
   */
  public Node lastNode() {
    if (nodes.isEmpty()) {
      throw new IllegalStateException("There is no node yet");
    }
    return nodes.get(nodes.size() - 1);
  }

  /** The nodes so far, in topological order. */
  public List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The graph so far, with these outputs. */
  public Graph build(List<String> outputs) {
    return new Graph(inputs, outputs, nodes, constants, values.values());
  }

  private void requireNew(String name) {
    if (values.containsKey(name)) {
      throw new PhospheneException(
          "Two values have the name \"%s\"; names must be unique within a graph".formatted(name));
    }
  }
}
