package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.stream.IntStream;

/** Poolings over windows, and over all positions. */
final class Poolings {
  private Poolings() {}

  static void register(Registration table) {
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      table
          .layer("MaxPooling%dD".formatted(axes), call -> windows(call, "MaxPool", spatial))
          .layer("AveragePooling%dD".formatted(axes), call -> windows(call, "AveragePool", spatial))
          .layer("MaxPool%dD".formatted(axes), call -> windows(call, "MaxPool", spatial))
          .layer("AvgPool%dD".formatted(axes), call -> windows(call, "AveragePool", spatial))
          .layer("GlobalMaxPooling%dD".formatted(axes), call -> all(call, "ReduceMax", spatial))
          .layer(
              "GlobalAveragePooling%dD".formatted(axes), call -> all(call, "ReduceMean", spatial))
          .layer("GlobalMaxPool%dD".formatted(axes), call -> all(call, "ReduceMax", spatial))
          .layer("GlobalAvgPool%dD".formatted(axes), call -> all(call, "ReduceMean", spatial));
    }
  }

  /** Means are over the elements that are there, padding not counted. */
  static Value windows(LayerCall call, String operator, int axes) {
    Value x = ChannelOrder.toFirst(call, call.input(axes + 2));
    Sliding sliding = Sliding.ofPooling(call, axes);
    return ChannelOrder.restore(call, call.graph().apply(operator, sliding.attributes(x), x));
  }

  private static Value all(LayerCall call, String operator, int axes) {
    Value x = call.input(axes + 2);
    int first = call.isChannelsFirst() ? 2 : 1;
    long[] along = IntStream.range(first, first + axes).asLongStream().toArray();
    return call.graph().reduce(operator, x, call.config().flag("keepdims", false), along);
  }
}
