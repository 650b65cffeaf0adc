package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.List;

/** Layers that networks of {@code keras.applications} bring along. */
final class Applications {
  private Applications() {}

  static void register(Registration table) {
    table
        .layer("CustomScaleLayer", Applications::scaledSum)
        .layer("LayerScale", Applications::layerScale)
        .layer("StochasticDepth", LayerCall::input);
  }

  /** {@code a + scale * b}: how InceptionResNetV2 joins its branches. */
  private static Value scaledSum(LayerCall call) {
    Emitter graph = call.graph();
    List<Value> inputs = call.inputs();
    if (inputs.size() != 2) {
      throw call.error("it is called with %d tensors, expected 2".formatted(inputs.size()));
    }
    double scale = call.config().number("scale", 1);
    return graph.add(inputs.get(0), graph.multiply(inputs.get(1), scale));
  }

  /** {@code gamma * x}, with a learned factor for each channel: ConvNeXt. */
  private static Value layerScale(LayerCall call) {
    Value x = call.input();
    long channels = call.size(x, x.rank() - 1);
    return call.graph().multiply(x, call.constant("gamma", call.weight("gamma", channels)));
  }
}
