package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Renaming;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes additions, subtractions and activations behind blocked convolutions into them, which then
 * write each element once.
 */
final class ConvolutionFusion {
  /** Elements of a kernel up to which there may be another with the other sign. */
  private static final int LARGEST_NEGATED = 1 << 16;

  private final Graph graph;
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final List<Optional<Node>> nodes = new ArrayList<>();
  private final Set<String> names;
  private final Map<String, String> negatives = new HashMap<>();
  private final Map<String, Tensor> constants;

  private ConvolutionFusion(Graph graph) {
    this.graph = graph;
    names = Renaming.allNames(graph);
    constants = new LinkedHashMap<>(graph.constants());
    graph.outputs().forEach(output -> readers.merge(output, 1, Integer::sum));
    for (Node node : graph.nodes()) {
      Graph.reads(node).forEach(input -> readers.merge(input, 1, Integer::sum));
    }
  }

  static Graph of(Graph graph) {
    return new ConvolutionFusion(graph).fused();
  }

  private Graph fused() {
    for (Node node : graph.nodes()) {
      Node written =
          withAddition(node)
              .or(() -> withSubtraction(node))
              .or(() -> withActivation(node))
              .orElse(node);
      places.put(written.output(0), nodes.size());
      nodes.add(Optional.of(written));
    }
    constants
        .keySet()
        .removeAll(negatives.keySet().stream().filter(name -> !isRead(name)).toList());
    return new Graph(
        graph.inputs(),
        graph.outputs(),
        nodes.stream().flatMap(Optional::stream).toList(),
        constants,
        graph.values());
  }

  private boolean isRead(String constant) {
    return nodes.stream()
        .flatMap(Optional::stream)
        .anyMatch(node -> Graph.reads(node).contains(constant));
  }

  /** The convolution that alone gives a value to one reader and has no activation yet. */
  private Optional<Node> convolution(String value) {
    Integer place = places.get(value);
    return place == null || readers.getOrDefault(value, 0) != 1
        ? Optional.empty()
        : nodes
            .get(place)
            .filter(
                node ->
                    node.type().domain().equals(BlockedDraft.DOMAIN)
                        && node.type().name().equals("Conv"))
            .filter(node -> !node.attributes().has("activation"));
  }

  private Optional<Node> withAddition(Node node) {
    if (!node.is("Add") || !hasEqualShapes(node)) {
      return Optional.empty();
    }
    for (int operand = 1; operand >= 0; operand--) {
      Optional<Node> found =
          convolution(node.input(operand)).filter(each -> each.inputs().size() <= 3);
      if (found.isPresent()) {
        Node convolution = found.get();
        List<String> inputs =
            List.of(
                convolution.input(0),
                convolution.input(1),
                convolution.input(2),
                node.input(1 - operand));
        return Optional.of(replaced(convolution, inputs, node, convolution.attributes()));
      }
    }
    return Optional.empty();
  }

  private boolean hasEqualShapes(Node node) {
    return !node.input(0).equals(node.input(1))
        && graph.value(node.input(0)).shape().equals(graph.value(node.input(1)).shape());
  }

  /** A difference is a sum with a convolution by the negative kernel. */
  private Optional<Node> withSubtraction(Node node) {
    if (!node.is("Sub") || !hasEqualShapes(node)) {
      return Optional.empty();
    }
    return convolution(node.input(1))
        .filter(each -> each.inputs().size() == 2)
        .flatMap(
            convolution ->
                negative(convolution.input(1))
                    .map(
                        kernel -> {
                          List<String> inputs =
                              List.of(convolution.input(0), kernel, "", node.input(0));
                          return replaced(convolution, inputs, node, convolution.attributes());
                        }));
  }

  /** The negative of a constant, once for all that ask; empty where it is large. */
  private Optional<String> negative(String name) {
    Tensor constant = graph.constants().get(name);
    if (constant == null || constant.elements() > LARGEST_NEGATED) {
      return Optional.empty();
    }
    return Optional.of(
        negatives.computeIfAbsent(
            name,
            of -> {
              String negative = freshName(of + "/negative");
              constants.put(negative, negated(constant));
              return negative;
            }));
  }

  private String freshName(String like) {
    String name = like;
    for (int i = 1; !names.add(name); i++) {
      name = like + "_" + i;
    }
    return name;
  }

  private static Tensor negated(Tensor constant) {
    float[] elements = constant.toFloats();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = -elements[i];
    }
    return Tensor.of(elements, constant.sizes());
  }

  private Optional<Node> withActivation(Node node) {
    Optional<Node> found = node.inputs().isEmpty() ? Optional.empty() : convolution(node.input(0));
    if (found.isEmpty() || !node.type().domain().isEmpty()) {
      return Optional.empty();
    }
    return parameters(node)
        .map(
            parameters -> {
              Attributes attributes =
                  found.get().attributes().with("activation", node.type().name());
              return replaced(
                  found.get(),
                  found.get().inputs(),
                  node,
                  parameters.length == 0
                      ? attributes
                      : attributes.with("activation_params", parameters));
            });
  }

  /** The parameters of an activation that a convolution can apply; empty where it cannot. */
  private Optional<float[]> parameters(Node node) {
    return switch (node.type().name()) {
      case "Relu", "Sigmoid", "Tanh" -> Optional.of(new float[0]);
      case "LeakyRelu" -> Optional.of(new float[] {node.attributes().real("alpha", 0.01)});
      case "HardSigmoid" ->
          Optional.of(
              new float[] {
                node.attributes().real("alpha", 0.2), node.attributes().real("beta", 0.5)
              });
      case "Clip" ->
          number(node.input(1))
              .flatMap(low -> number(node.input(2)).map(high -> new float[] {low, high}));
      default -> Optional.empty();
    };
  }

  private Optional<Float> number(String constant) {
    Tensor tensor = graph.constants().get(constant);
    return tensor == null || tensor.elements() != 1
        ? Optional.empty()
        : Optional.of((float) tensor.getDouble(0));
  }

  private Node replaced(Node convolution, List<String> inputs, Node last, Attributes attributes) {
    nodes.set(places.get(convolution.output(0)), Optional.empty());
    return new Node(
        convolution.name(),
        convolution.type(),
        inputs,
        last.outputs(),
        attributes,
        convolution.metadata());
  }
}
