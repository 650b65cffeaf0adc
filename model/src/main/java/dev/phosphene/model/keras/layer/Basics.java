package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.Tensor;

/** Dense layers, and those that do nothing when a network is not trained. */
final class Basics {
  private Basics() {}

  static void register(Registration table) {
    table.layer("Dense", Basics::dense);
    for (String className :
        new String[] {
          "Identity",
          "Dropout",
          "SpatialDropout1D",
          "SpatialDropout2D",
          "SpatialDropout3D",
          "AlphaDropout",
          "GaussianDropout",
          "GaussianNoise",
          "ActivityRegularization"
        }) {
      table.layer(className, LayerCall::input);
    }
  }

  /** {@code activation(x W + b)} along the last axis. */
  private static Value dense(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    long units = call.config().count("units");
    Tensor kernel = call.weight("kernel", x.size(-1), units);
    Value product = graph.matrixMultiply(x, call.constant("kernel", kernel));
    return Activations.apply(call, "activation", biased(call, product, units));
  }

  /** A value plus the layer's bias along the last axis, if the layer has one. */
  static Value biased(LayerCall call, Value x, long units) {
    return call.config().flag("use_bias", true)
        ? call.graph().add(x, call.constant("bias", call.weight("bias", units)))
        : x;
  }
}
