package dev.phosphene.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.keras.layer.LayerConfig;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What an input layer says of the input.
 *
 * @param type of its elements; all floating-point types are computed with 32 bits
 * @param shape with the batch first
 */
record InputShape(ElementType type, Shape shape) {
  /** What the batch is called where its size is open. */
  private static final String BATCH = "batch";

  static InputShape of(LayerConfig config) {
    String key = config.has("batch_shape") ? "batch_shape" : "batch_input_shape";
    JsonNode sizes = config.node(key);
    if (!sizes.isArray() || sizes.isEmpty()) {
      throw new PhospheneException(
          "%s: the shape of the model's input is not noted; build the model (model.build(...)) before saving it"
              .formatted(config.layer()));
    }
    List<Dimension> dimensions = new ArrayList<>();
    for (JsonNode size : sizes) {
      if (size.isNull()) {
        dimensions.add(dimensions.isEmpty() ? Dimension.symbolic(BATCH) : Dimension.unknown());
      } else if (size.isIntegralNumber() && size.longValue() > 0) {
        dimensions.add(Dimension.of(size.longValue()));
      } else {
        throw config.unexpected(key, "sizes above 0, or null");
      }
    }
    return new InputShape(type(config), Shape.of(dimensions));
  }

  private static ElementType type(LayerConfig config) {
    JsonNode dtype = config.node("dtype");
    String name = dtype.isObject() ? dtype.path("config").path("name").asText() : dtype.asText();
    return switch (name) {
      case "", "float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16" ->
          ElementType.FLOAT32;
      case "int64" -> ElementType.INT64;
      case "int32" -> ElementType.INT32;
      case "uint8" -> ElementType.UINT8;
      case "bool" -> ElementType.BOOL;
      default -> throw config.unexpected("dtype", "a type of numbers such as \"float32\"");
    };
  }
}
