package dev.phosphene.model;

import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which values of a graph carry data of the input, and which are constants by another name. */
final class GraphNotes {
  private final Graph graph;
  private final Set<String> data = new HashSet<>();
  private final Map<String, String> constantSources = new HashMap<>();

  GraphNotes(Graph graph) {
    this.graph = graph;
    graph.inputs().stream().map(Value::name).forEach(data::add);
    for (Node node : graph.nodes()) {
      // What is computed from a shape is not computed from the picture.
      if (!node.is("Shape") && !node.is("Size") && reads(node).stream().anyMatch(data::contains)) {
        data.addAll(node.outputs());
      } else if (node.inputs().size() > 0 && isConstant(node.input(0))) {
        constantSources.put(node.output(0), source(node.input(0)));
      }
    }
    data.remove("");
  }

  private static Set<String> reads(Node node) {
    Set<String> names = new LinkedHashSet<>(node.inputs());
    for (Attribute attribute : node.attributes().values().values()) {
      if (attribute instanceof Attribute.GraphValue body) {
        names.addAll(body.value().captures());
      }
    }
    return names;
  }

  /** Whether what a node gives depends on the elements of the model's input. */
  boolean carriesData(Node node) {
    return node.outputs().stream().anyMatch(data::contains);
  }

  private boolean isConstant(String value) {
    return graph.constants().containsKey(value) || constantSources.containsKey(value);
  }

  private String source(String value) {
    return constantSources.getOrDefault(value, value);
  }

  /** Name of the floating-point constant that a node multiplies its input with; or empty. */
  String weightName(Node node) {
    if (!OperatorRoles.isWeighted(node)) {
      return "";
    }
    for (int i = 1; i < node.inputs().size(); i++) {
      if (isConstant(node.input(i))) {
        return source(node.input(i));
      }
    }
    return "";
  }

  /**
   * Number of weights that a node uses and no node before it did.
   *
   * @param counted names of constants counted before; grows
   */
  long parameters(Node node, Set<String> counted) {
    long parameters = 0;
    if (OperatorRoles.hasParameters(node)) {
      for (String input : node.inputs()) {
        Tensor tensor = graph.constants().get(source(input));
        if (tensor != null
            && tensor.type().isFloating()
            && tensor.rank() > 0
            && counted.add(source(input))) {
          parameters += tensor.elements();
        }
      }
    }
    return parameters;
  }
}
