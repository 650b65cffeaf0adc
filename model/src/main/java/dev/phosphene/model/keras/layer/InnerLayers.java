package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Value;
import java.util.List;

/** Builds layers, and whole models, that stand in another layer's configuration. */
@FunctionalInterface
public interface InnerLayers {
  /**
   * Calls an inner layer.
   *
   * @param around the layer that wraps it
   * @param layer its serialized form: class name and configuration
   * @param attribute the Python attribute of the outer layer that holds it
   * @param inputs what it is called with
   */
  List<Value> call(LayerCall around, JsonNode layer, String attribute, List<Value> inputs);
}
