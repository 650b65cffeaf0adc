package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.List;

/** Layers around another layer. */
final class Wrappers {
  private Wrappers() {}

  static void register(Registration table) {
    table
        .layers("SpectralNormalization", call -> call.callInner("layer", "layer", call.inputs()))
        .layer("TimeDistributed", Wrappers::distributed);
  }

  /** The inner layer for each time step by itself: steps are counted among the examples. */
  private static Value distributed(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    if (x.rank() < 2) {
      throw call.error("its input has shape %s, expected time steps".formatted(x.shape()));
    }
    long[] sizes = new long[x.rank() - 1];
    sizes[0] = -1;
    for (int axis = 1; axis < sizes.length; axis++) {
      sizes[axis] = call.size(x, axis + 1);
    }
    List<Value> outputs = call.callInner("layer", "layer", List.of(graph.reshape(x, sizes)));
    Value y = outputs.get(0);
    if (!y.shape().isRankKnown()) {
      throw call.error("the rank of what the inner layer gives cannot be found");
    }
    long[] restored = new long[y.rank() + 1];
    restored[0] = -1;
    restored[1] = call.size(x, 1);
    for (int axis = 1; axis < y.rank(); axis++) {
      restored[axis + 1] = call.size(y, axis);
    }
    return graph.reshape(y, restored);
  }
}
