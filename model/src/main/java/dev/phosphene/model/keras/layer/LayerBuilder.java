package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.List;

/** Turns one call of a Keras layer into nodes of a graph. */
@FunctionalInterface
public interface LayerBuilder {
  /**
   * Adds the nodes.
   *
   * @return the layer's outputs, axes in the order that Keras has
   * @throws PhospheneException where configuration, weights and inputs contradict each other, or
   *     ask for what cannot be done; see {@link LayerCall#error}
   */
  List<Value> build(LayerCall call);
}
