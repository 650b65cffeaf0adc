package dev.phosphene.visualize;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import java.util.List;
import java.util.Map;

/** Writes nodes as exporters name them, so that layers have names. */
final class NamedLayers {
  private NamedLayers() {}

  /** Adds a layer of one operator, whose output is {@code LAYER.output}. */
  static Value node(GraphBuilder builder, String layer, String operator, Value... inputs) {
    return node(builder, layer, operator, Attributes.none(), inputs);
  }

  /** Adds a layer of one operator with attributes. */
  static Value node(
      GraphBuilder builder, String layer, String operator, Attributes attributes, Value... inputs) {
    return builder
        .add(
            new Node(
                "/" + layer + "/" + operator,
                OperatorType.of(operator),
                List.of(inputs).stream().map(Value::name).toList(),
                List.of(layer + ".output"),
                attributes,
                Map.of()))
        .get(0);
  }
}
