package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes additions and activations behind blocked convolutions into them, which then write each
 * element once.
 */
final class ConvolutionFusion {
  private final Graph graph;
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final List<Optional<Node>> nodes = new ArrayList<>();

  private ConvolutionFusion(Graph graph) {
    this.graph = graph;
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
      Node written = withAddition(node).or(() -> withActivation(node)).orElse(node);
      places.put(written.output(0), nodes.size());
      nodes.add(Optional.of(written));
    }
    return new Graph(
        graph.inputs(),
        graph.outputs(),
        nodes.stream().flatMap(Optional::stream).toList(),
        graph.constants(),
        graph.values());
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
    if (!node.is("Add")
        || node.input(0).equals(node.input(1))
        || !graph.value(node.input(0)).shape().equals(graph.value(node.input(1)).shape())) {
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
