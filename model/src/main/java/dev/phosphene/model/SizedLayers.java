package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.tensor.Shape;
import java.util.HashMap;
import java.util.Map;

/** The shapes that layers have for what was given of a model's inputs. */
final class SizedLayers {
  private SizedLayers() {}

  /**
   * A layer table with the sizes that follow.
   *
   * @throws dev.phosphene.graph.PhospheneException where what was given contradicts the network
   */
  static LayerTable of(Model model, LayerTable table) {
    if (model.inputShapes().isEmpty() && model.heldInputs().isEmpty()) {
      return table;
    }
    Graph graph = HeldInputs.constant(model.graph(), model.heldInputs());
    Map<String, Shape> shapes = new HashMap<>();
    for (Value input : graph.inputs()) {
      Shape known = model.input(input.name()).shape();
      if (known.isRankKnown() && known.isStatic()) {
        shapes.put(input.name(), known);
      }
    }
    Graph sized = Specialization.of(graph, shapes, StandardOperators.table());
    return table.with(layer -> sized(layer, sized.value(layer.output()).shape()));
  }

  /** What the network does not need for its outputs has the shape that the file tells. */
  private static Layer sized(Layer layer, Shape shape) {
    return shape.isRankKnown() ? layer.withShape(shape) : layer;
  }
}
