package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Renaming;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lets a graph in float16 or bfloat16 compute in float32: the runtime has few kernels for these on
 * a processor, and gradients need the range. A graph that takes float64 computes in float32 where
 * it has an operator without kernels for float64; double-precision arithmetic with sizes, as
 * exporters write it into float32 graphs, stays.
 *
 * <p>Values keep their names. Weights stay as they are stored, and a Cast, which the runtime
 * computes once when it compiles, gives them in float32.
 */
public final class SinglePrecision {
  private static final Set<ElementType> HALVES = Set.of(ElementType.FLOAT16, ElementType.BFLOAT16);

  /** Operators that the runtime computes in float32 alone. */
  private static final Set<String> WITHOUT_DOUBLE =
      Set.of(
          "AveragePool",
          "Conv",
          "ConvTranspose",
          "DeformConv",
          "Elu",
          "Erf",
          "GRU",
          "Gelu",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "HardSigmoid",
          "HardSwish",
          "InstanceNormalization",
          "LRN",
          "LSTM",
          "LeakyRelu",
          "LpPool",
          "MaxPool",
          "PRelu",
          "RNN",
          "Resize",
          "Selu",
          "Softplus",
          "Softsign");

  /** Attributes that hold a type of elements. */
  private static final Set<String> TYPES =
      Set.of("to", "dtype", "output_dtype", "output_datatype", "stash_type");

  /** Constants up to this many elements are converted here, where folding sees them. */
  private static final int LARGEST_CONVERTED = 1 << 16;

  private final Set<ElementType> replaced;

  private SinglePrecision(Set<ElementType> replaced) {
    this.replaced = replaced;
  }

  /** The same graph where nothing is to change. */
  public static Graph of(Graph graph) {
    boolean isDouble =
        graph.inputs().stream().anyMatch(input -> input.type() == ElementType.FLOAT64)
            && graph.nodes().stream().anyMatch(node -> WITHOUT_DOUBLE.contains(node.type().name()));
    Set<ElementType> replaced =
        isDouble ? Set.of(ElementType.FLOAT16, ElementType.BFLOAT16, ElementType.FLOAT64) : HALVES;
    SinglePrecision precision = new SinglePrecision(replaced);
    return precision.concerns(graph) ? precision.convert(graph) : graph;
  }

  private boolean concerns(Graph graph) {
    return graph.values().stream().anyMatch(value -> replaced.contains(value.type()))
        || graph.nodes().stream()
            .flatMap(node -> node.attributes().values().entrySet().stream())
            .anyMatch(entry -> concerns(entry.getKey(), entry.getValue()));
  }

  private boolean concerns(String name, Attribute attribute) {
    if (attribute instanceof Attribute.GraphValue body) {
      return concerns(body.value());
    } else if (attribute instanceof Attribute.TensorValue tensor) {
      return replaced.contains(tensor.value().type());
    }
    return attribute instanceof Attribute.IntegerValue integer
        && TYPES.contains(name)
        && replaced.contains(Emitter.elementType(integer.value()));
  }

  private Graph convert(Graph graph) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    Set<String> names = Renaming.allNames(graph);
    graph
        .constants()
        .forEach(
            (name, tensor) -> {
              if (!replaced.contains(tensor.type())) {
                constants.put(name, tensor);
              } else if (tensor.elements() <= LARGEST_CONVERTED) {
                constants.put(name, tensor.as(ElementType.FLOAT32));
              } else {
                String stored = unused(name, tensor.type(), names);
                constants.put(stored, tensor);
                nodes.add(cast(stored, name));
              }
            });
    graph.nodes().forEach(node -> nodes.add(convert(node)));
    return new Graph(
        graph.inputs().stream().map(this::convert).toList(),
        graph.outputs(),
        nodes,
        constants,
        graph.values().stream().map(this::convert).toList());
  }

  private static String unused(String name, ElementType type, Set<String> names) {
    String stored = name + "/" + type;
    while (!names.add(stored)) {
      stored += "_";
    }
    return stored;
  }

  private static Node cast(String from, String to) {
    Attributes attributes = Attributes.of("to", Emitter.onnxCode(ElementType.FLOAT32));
    return new Node("", OperatorType.of("Cast"), List.of(from), List.of(to), attributes, Map.of());
  }

  private Value convert(Value value) {
    return replaced.contains(value.type())
        ? new Value(value.name(), ElementType.FLOAT32, value.shape())
        : value;
  }

  private Node convert(Node node) {
    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes().values());
    attributes.replaceAll(
        (name, attribute) -> concerns(name, attribute) ? convert(attribute) : attribute);
    return new Node(
        node.name(),
        node.type(),
        node.inputs(),
        node.outputs(),
        new Attributes(attributes),
        node.metadata());
  }

  private Attribute convert(Attribute attribute) {
    if (attribute instanceof Attribute.GraphValue body) {
      return new Attribute.GraphValue(convert(body.value()));
    } else if (attribute instanceof Attribute.TensorValue tensor) {
      return new Attribute.TensorValue(tensor.value().as(ElementType.FLOAT32));
    }
    return new Attribute.IntegerValue(Emitter.onnxCode(ElementType.FLOAT32));
  }
}
