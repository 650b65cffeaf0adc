package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.Arrays;
import java.util.List;

/**
 * Poolings to a given size: along each axis, output position o of m is over the input positions
 * {@code floor(o n / m)} to {@code ceil((o + 1) n / m)} of n. One axis after the other, such
 * windows have one of two sizes; what both give at stride 1 is computed, and the wanted positions
 * are taken.
 */
final class AdaptivePoolings {
  /** Along an axis of the output. */
  private static final long MOST_POSITIONS = 1 << 20;

  private AdaptivePoolings() {}

  static void register(Registration table) {
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      table
          .layer("AdaptiveMaxPooling%dD".formatted(axes), call -> pool(call, "MaxPool", spatial))
          .layer(
              "AdaptiveAveragePooling%dD".formatted(axes),
              call -> pool(call, "AveragePool", spatial));
    }
  }

  private static Value pool(LayerCall call, String operator, int axes) {
    Value x = ChannelOrder.toFirst(call, call.input(axes + 2));
    long[] target = call.config().counts("output_size", axes, 0);
    for (int axis = 0; axis < axes; axis++) {
      x = along(call, operator, x, axis, target[axis]);
    }
    return ChannelOrder.restore(call, x);
  }

  private static Value along(LayerCall call, String operator, Value x, int axis, long target) {
    Emitter graph = call.graph();
    long size = call.size(x, axis + 2);
    if (target > size || target > MOST_POSITIONS) {
      throw call.error("%d positions cannot be pooled to %d".formatted(size, target));
    }
    long small = (size + target - 1) / target;
    long[] indices = new long[Math.toIntExact(target)];
    boolean hasLarge = false;
    for (int position = 0; position < target; position++) {
      long start = position * size / target;
      long end = ((position + 1) * size + target - 1) / target;
      boolean isLarge = end - start > small;
      hasLarge |= isLarge;
      indices[position] = isLarge ? size - small + 1 + start : start;
    }
    Value windows = windows(graph, operator, x, axis, small);
    if (hasLarge) {
      Value large = windows(graph, operator, x, axis, small + 1);
      windows = graph.concatenate(axis + 2, List.of(windows, large));
    }
    Attributes attributes = Attributes.of("axis", axis + 2);
    return graph.apply("Gather", attributes, windows, graph.integers(indices));
  }

  private static Value windows(Emitter graph, String operator, Value x, int axis, long size) {
    long[] kernel = new long[x.rank() - 2];
    Arrays.fill(kernel, 1);
    long[] strides = kernel.clone();
    kernel[axis] = size;
    return graph.apply(operator, Attributes.of("kernel_shape", kernel, "strides", strides), x);
  }
}
