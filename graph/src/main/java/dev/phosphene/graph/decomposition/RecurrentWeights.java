package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Weights, clipping and activations of one direction of a recurrent layer.
 *
 * @param gates how many weight matrices stand one after the other
 * @param direction 0, or 1 for the second of a bidirectional layer
 * @param hidden length of the state
 */
record RecurrentWeights(Composite graph, long gates, int direction, long hidden) {

  /** Input weights {@code [features, gates * hidden]}. */
  Value input() {
    return graph.transpose(ofDirection(1), 1, 0);
  }

  /** Recurrent weights {@code [hidden, gates * hidden]}. */
  Value recurrent() {
    return graph.transpose(ofDirection(2), 1, 0);
  }

  boolean hasBias() {
    return graph.has(3);
  }

  /** Biases of the input weights {@code [gates * hidden]}. */
  Value inputBias() {
    return graph.slice(ofDirection(3), 0, 0, gates * hidden);
  }

  /** Biases of the recurrent weights {@code [gates * hidden]}. */
  Value recurrentBias() {
    return graph.slice(ofDirection(3), 0, gates * hidden, 2 * gates * hidden);
  }

  /** What one input, of which the first axis is the direction, holds for this direction. */
  Value ofDirection(int input) {
    Value all = graph.input(input);
    Value own = graph.sizes(all)[0] == 1 ? all : graph.slice(all, 0, direction, direction + 1);
    return graph.squeeze(own, 0);
  }

  /** Equal parts of a value's last axis, one a gate. */
  List<Value> perGate(Value value, int count) {
    return graph.split(
        value, value.rank() - 1, LongStream.generate(() -> hidden).limit(count).toArray());
  }

  List<CellActivation> activations(String... defaults) {
    return CellActivation.of(graph, direction, defaults.length, List.of(defaults));
  }

  /** Bounds what goes into an activation, where attribute {@code clip} says so. */
  Value clipped(Value value) {
    if (!graph.attributes().has("clip")) {
      return value;
    }
    double bound = graph.attributes().real("clip", 0);
    return graph.apply(
        "Clip", value, graph.scalarLike(value, -bound), graph.scalarLike(value, bound));
  }

  /** An activation of the sum of these, clipped. */
  Value activated(CellActivation activation, Value... terms) {
    List<Value> rest = new ArrayList<>(List.of(terms));
    Value sum = rest.remove(0);
    for (Value term : rest) {
      sum = graph.add(sum, term);
    }
    return activation.of(graph, clipped(sum));
  }
}
