package dev.phosphene.model;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Puts another activation at the end of a layer. All values keep their names, so that the layer
 * table stays true.
 */
final class ActivationExchange {
  /** Operators that pass on what an activation gives as it is. */
  private static final Set<String> PASSING = Set.of("Identity", "Cast", "Dropout");

  private static final Set<String> ACTIVATIONS =
      Set.of(
          "Celu",
          "Clip",
          "Elu",
          "Exp",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "LogSoftmax",
          "Mish",
          "PRelu",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softmax",
          "Softplus",
          "Softsign",
          "Swish",
          "Tanh",
          "ThresholdedRelu");

  /** x sigmoid(alpha x) as one node, in a version of ONNX that has no Swish. */
  private static final OperatorType CONTRIBUTED_SWISH =
      new OperatorType("com.microsoft", "QuickGelu");

  private static final Set<OperatorType> CONTRIBUTED =
      Set.of(new OperatorType("com.microsoft", "Gelu"), CONTRIBUTED_SWISH);

  /**
   * An activation as a node.
   *
   * @param bounds what the operator takes after its input, each a scalar
   */
  private record Form(OperatorType operator, Attributes attributes, double... bounds) {
    static Form of(String operator, Object... namesAndValues) {
      return new Form(OperatorType.of(operator), Attributes.of(namesAndValues));
    }
  }

  private final Graph graph;
  private final Layer layer;
  private final Activation activation;
  private final Optional<Node> present;
  private final Map<String, Tensor> constants;
  private final List<Value> values;

  private ActivationExchange(
      Graph graph, Layer layer, Optional<Node> present, Activation activation) {
    this.graph = graph;
    this.layer = layer;
    this.present = present;
    this.activation = activation;
    this.constants = new LinkedHashMap<>(graph.constants());
    this.values = new ArrayList<>(graph.values());
  }

  /**
   * The exchange at the end of a layer.
   *
   * @param others values that layers give: what is before them is not of this layer
   * @throws PhospheneException where the layer gives no floating-point numbers, or softmax is
   *     wanted and it has no filters
   */
  static ActivationExchange at(
      Graph graph, Layer layer, Set<String> others, Activation activation) {
    ActivationExchange exchange =
        new ActivationExchange(graph, layer, present(graph, layer, others), activation);
    exchange.requirePossible();
    return exchange;
  }

  /** The activation that gives a layer's output, perhaps through conversions. */
  private static Optional<Node> present(Graph graph, Layer layer, Set<String> others) {
    String value = layer.output();
    while (value.equals(layer.output()) || !others.contains(value)) {
      Optional<Node> producer = graph.producer(value);
      if (producer.isEmpty() || isActivation(producer.get())) {
        return producer;
      }
      Node node = producer.get();
      if (!node.type().domain().isEmpty() || !PASSING.contains(node.type().name())) {
        return Optional.empty();
      }
      value = node.input(0);
    }
    return Optional.empty();
  }

  private static boolean isActivation(Node node) {
    return CONTRIBUTED.contains(node.type())
        || (node.type().domain().isEmpty() && ACTIVATIONS.contains(node.type().name()));
  }

  /** Whether the activation that is exchanged is what characterizes the layer. */
  boolean isWholeLayer() {
    return layer.index() != Layer.UNLISTED
        && present.filter(node -> node.type().name().equals(layer.kind())).isPresent();
  }

  /** What characterizes such a layer after the exchange. */
  String kind() {
    return form().operator().name();
  }

  /**
   * The graph in which the layer ends in the other activation: in the place of the one it has, else
   * added after it.
   */
  Graph result() {
    List<Node> nodes = new ArrayList<>(graph.nodes());
    if (present.isPresent()) {
      Node old = present.get();
      nodes.set(nodes.indexOf(old), node(old.name(), old.input(0), old.output(0), old));
    } else {
      Node last = graph.producer(layer.output()).orElseThrow();
      String before = freshName(layer.output() + "/linear");
      Value output = graph.value(layer.output());
      values.add(new Value(before, output.type(), output.shape()));
      String name = last.name().isEmpty() ? "" : last.name() + "/" + activation;
      int position = nodes.indexOf(last);
      nodes.set(position, renamed(last, layer.output(), before));
      nodes.add(position + 1, node(name, before, layer.output(), last));
    }
    return new Graph(graph.inputs(), graph.outputs(), nodes, constants, values);
  }

  private void requirePossible() {
    if (graph.producer(layer.output()).isEmpty()) {
      throw error("is an input of the model");
    }
    ElementType type = graph.value(layer.output()).type();
    if (!type.isFloating() && type != ElementType.UNKNOWN) {
      throw error("gives elements of type " + type + ", expected floating-point numbers");
    }
    if (activation == Activation.SOFTMAX && layer.filterAxis().isEmpty()) {
      throw error("has no filters over which a softmax could be taken");
    }
  }

  private Node node(String name, String input, String output, Node notes) {
    List<String> inputs = new ArrayList<>(List.of(input));
    ElementType type = graph.value(output).type();
    Form form = form();
    for (double bound : form.bounds()) {
      String constant = freshName(output + "/bound");
      ElementType known = type == ElementType.UNKNOWN ? ElementType.FLOAT32 : type;
      constants.put(constant, Tensor.converted(known, new double[] {bound}));
      inputs.add(constant);
    }
    return new Node(
        name, form.operator(), inputs, List.of(output), form.attributes(), notes.metadata());
  }

  private Form form() {
    return switch (activation) {
      case LINEAR -> Form.of("Identity");
      case RELU -> Form.of("Relu");
      case RELU6 -> new Form(OperatorType.of("Clip"), Attributes.none(), 0, 6);
      case LEAKY_RELU -> Form.of("LeakyRelu", "alpha", 0.2);
      case ELU -> Form.of("Elu");
      case SELU -> Form.of("Selu");
      case SOFTPLUS -> Form.of("Softplus");
      case SOFTSIGN -> Form.of("Softsign");
      case TANH -> Form.of("Tanh");
      case SIGMOID -> Form.of("Sigmoid");
      case HARD_SIGMOID -> Form.of("HardSigmoid", "alpha", 1.0 / 6, "beta", 0.5);
      case GELU -> Form.of("Gelu");
      case SILU -> new Form(CONTRIBUTED_SWISH, Attributes.of("alpha", 1.0));
      case HARD_SILU -> Form.of("HardSwish");
      case MISH -> Form.of("Mish");
      case EXPONENTIAL -> Form.of("Exp");
      case SOFTMAX -> Form.of("Softmax", "axis", layer.filterAxis().getAsInt());
    };
  }

  private static Node renamed(Node node, String output, String other) {
    return new Node(
        node.name(),
        node.type(),
        node.inputs(),
        node.outputs().stream().map(each -> each.equals(output) ? other : each).toList(),
        node.attributes(),
        node.metadata());
  }

  private String freshName(String like) {
    String name = like;
    for (int i = 1; graph.defines(name) || constants.containsKey(name); i++) {
      name = like + "_" + i;
    }
    return name;
  }

  private PhospheneException error(String problem) {
    return new PhospheneException(
        "Layer \"%s\" cannot be given activation %s: it %s; choose another layer"
            .formatted(layer.name(), activation, problem));
  }
}
