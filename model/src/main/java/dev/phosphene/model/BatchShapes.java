package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds shapes that hold for every batch size, where exporters compute shapes in the graph.
 *
 * <p>Shapes are inferred for two batch sizes. What is equal in both is a size; what follows the
 * batch size is the batch dimension.
 */
final class BatchShapes {
  /** Two sizes that differ from 1, which broadcasts, and from each other. */
  private static final int FEW = 2;

  private static final int MORE = 3;

  private BatchShapes() {}

  /** The same graph with more known of its values' shapes, as far as that can be found. */
  static Graph refined(Graph graph) {
    if (graph.values().stream().allMatch(BatchShapes::isTelling)) {
      return graph;
    }
    try {
      Graph few = specialized(graph, FEW);
      Graph more = specialized(graph, MORE);
      List<Value> values = new ArrayList<>();
      for (Value value : graph.values()) {
        values.add(merged(value, few.value(value.name()), more.value(value.name()), batch(graph)));
      }
      return new Graph(graph.inputs(), graph.outputs(), graph.nodes(), graph.constants(), values);
    } catch (RuntimeException e) {
      // Shapes for people to read are no reason to refuse a model; what is used is checked later.
      return graph;
    }
  }

  /** Whether a shape needs no second look: each axis has a size or a name. */
  private static boolean isTelling(Value value) {
    return value.shape().isRankKnown()
        && value.shape().dimensions().stream().noneMatch(Dimension.unknown()::equals);
  }

  private static Graph specialized(Graph graph, int batchSize) {
    Map<String, Shape> shapes = new HashMap<>();
    for (Value input : graph.inputs()) {
      if (hasBatch(input)) {
        shapes.put(input.name(), input.shape().with(0, Dimension.of(batchSize)));
      }
    }
    return Specialization.of(graph, shapes, StandardOperators.table());
  }

  private static boolean hasBatch(Value input) {
    return input.shape().isRankKnown()
        && input.shape().rank() > 0
        && !input.shape().dimension(0).isKnown();
  }

  /** The batch dimension as the model calls it. */
  private static Dimension batch(Graph graph) {
    Collection<Value> inputs = graph.inputs();
    return inputs.stream()
        .filter(BatchShapes::hasBatch)
        .map(input -> input.shape().dimension(0))
        .filter(dimension -> dimension.symbol() != null)
        .findFirst()
        .orElse(Dimension.unknown());
  }

  private static Value merged(Value known, Value few, Value more, Dimension batch) {
    Shape a = few.shape();
    Shape b = more.shape();
    if (!a.isRankKnown() || !b.isRankKnown() || a.rank() != b.rank()) {
      return known;
    }
    List<Dimension> dimensions = new ArrayList<>();
    for (int axis = 0; axis < a.rank(); axis++) {
      Dimension inFew = a.dimension(axis);
      Dimension inMore = b.dimension(axis);
      if (Objects.equals(inFew, inMore)) {
        dimensions.add(inFew);
      } else {
        boolean isBatch = inFew.size() == FEW && inMore.size() == MORE;
        dimensions.add(isBatch ? batch : Dimension.unknown());
      }
    }
    ElementType type = known.type() == ElementType.UNKNOWN ? few.type() : known.type();
    return new Value(known.name(), type, Shape.of(dimensions));
  }
}
