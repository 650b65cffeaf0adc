package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;

/** Normalizations with learned statistics, and with those of the input itself. */
final class Normalizations {
  /** What Keras divides by where the norm of an input is smaller; its square is still a float. */
  private static final double SMALLEST_NORM = 1e-12;

  private Normalizations() {}

  static void register(Registration table) {
    table
        .layer("BatchNormalization", Normalizations::batch)
        .layer("SyncBatchNormalization", Normalizations::batch)
        .layer("LayerNormalization", Normalizations::layer)
        .layer("GroupNormalization", Normalizations::group)
        .layer("RMSNormalization", Normalizations::rootMeanSquare)
        .layer("UnitNormalization", Normalizations::unit);
  }

  /** {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta}, with statistics of training. */
  private static Value batch(LayerCall call) {
    Value x = call.input();
    long[] axes = call.config().integers("axis", -1); // tf.keras 2 has a list of one axis
    int axis = call.axis(axes.length == 1 ? axes[0] : x.rank(), x);
    long channels = call.size(x, axis);
    Value scale = learned(call, "scale", "gamma", channels, 1);
    Value offset = learned(call, "center", "beta", channels, 0);
    Value mean = call.constant("moving_mean", call.weight("moving_mean", channels));
    Value variance = call.constant("moving_variance", call.weight("moving_variance", channels));
    Attributes attributes = Attributes.of("epsilon", call.config().number("epsilon", 1e-3));
    Value normalized =
        call.graph()
            .apply(
                "BatchNormalization",
                attributes,
                ChannelOrder.toFirst(call, x, axis),
                scale,
                offset,
                mean,
                variance);
    return ChannelOrder.restore(call, normalized, axis);
  }

  private static Value learned(
      LayerCall call, String flag, String what, long size, double otherwise) {
    if (call.config().flag(flag, true)) {
      return call.constant(what, call.weight(what, size));
    }
    float[] elements = new float[Math.toIntExact(size)];
    Arrays.fill(elements, (float) otherwise);
    return call.constant(what, Tensor.of(elements, size));
  }

  /** {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta} over axes of each example. */
  private static Value layer(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    long[] axes = axes(call, x);
    double epsilon = call.config().number("epsilon", 1e-3);
    boolean hasScale = call.config().flag("scale", true);
    boolean hasOffset = call.config().flag("center", true);
    if (call.config().flag("rms_scaling", false)) {
      Value variance = variance(graph, graph.subtract(x, graph.reduceMean(x, true, axes)), axes);
      Value scale = aligned(call, "gamma", x, axes);
      return graph.multiply(graph.divide(x, graph.squareRoot(graph.add(variance, epsilon))), scale);
    }
    boolean isTrailing = axes[0] == x.rank() - axes.length;
    if (isTrailing && hasScale && isStatic(x, axes)) {
      Value scale = call.constant("gamma", call.weight("gamma", sizes(x, axes)));
      Value offset =
          hasOffset ? call.constant("beta", call.weight("beta", sizes(x, axes))) : Value.ABSENT;
      Attributes attributes = Attributes.of("axis", axes[0], "epsilon", epsilon);
      return offset.isPresent()
          ? graph.apply("LayerNormalization", attributes, x, scale, offset)
          : graph.apply("LayerNormalization", attributes, x, scale);
    }
    Value centered = graph.subtract(x, graph.reduceMean(x, true, axes));
    Value deviation = graph.squareRoot(graph.add(variance(graph, centered, axes), epsilon));
    Value normalized = graph.divide(centered, deviation);
    if (hasScale) {
      normalized = graph.multiply(normalized, aligned(call, "gamma", x, axes));
    }
    return hasOffset ? graph.add(normalized, aligned(call, "beta", x, axes)) : normalized;
  }

  private static Value variance(Emitter graph, Value centered, long[] axes) {
    return graph.reduceMean(graph.square(centered), true, axes);
  }

  private static boolean isStatic(Value x, long[] axes) {
    return Arrays.stream(axes).allMatch(axis -> x.size((int) axis) >= 0);
  }

  private static long[] sizes(Value x, long[] axes) {
    return Arrays.stream(axes).map(axis -> x.size((int) axis)).toArray();
  }

  /** A weight along some axes of a value, with axes of size 1 for the others. */
  static Value aligned(LayerCall call, String what, Value x, long[] axes) {
    Tensor weight = call.weight(what, sizes(x, axes));
    long[] sizes = new long[x.rank()];
    Arrays.fill(sizes, 1);
    for (int i = 0; i < axes.length; i++) {
      sizes[(int) axes[i]] = weight.sizes()[i];
    }
    return call.constant(what, weight.reshaped(sizes));
  }

  private static long[] axes(LayerCall call, Value x) {
    return Arrays.stream(call.config().integers("axis", -1))
        .map(axis -> call.axis(axis, x))
        .distinct()
        .sorted()
        .toArray();
  }

  /** {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta} over groups of channels. */
  private static Value group(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    int axis = call.axis(call.config().integer("axis", -1), x);
    long channels = call.size(x, axis);
    long groups = call.config().integer("groups", 32);
    groups = groups == -1 ? channels : groups;
    if (groups < 1 || channels % groups != 0) {
      throw call.error("%d channels cannot be in %d groups".formatted(channels, groups));
    }
    Value first = ChannelOrder.toFirst(call, x, axis);
    float[] ones = new float[Math.toIntExact(groups)];
    Arrays.fill(ones, 1);
    Value normalized =
        graph.apply(
            "InstanceNormalization",
            Attributes.of("epsilon", call.config().number("epsilon", 1e-3)),
            graph.reshape(first, 0, groups, -1),
            graph.constant(Tensor.of(ones, groups)),
            graph.constant(Tensor.of(new float[ones.length], groups)));
    Value result = graph.apply("Reshape", normalized, graph.apply("Shape", first));
    long[] sizes = new long[x.rank() - 1];
    Arrays.fill(sizes, 1);
    sizes[0] = channels;
    if (call.config().flag("scale", true)) {
      Tensor gamma = call.weight("gamma", channels).reshaped(sizes);
      result = graph.multiply(result, call.constant("gamma", gamma));
    }
    if (call.config().flag("center", true)) {
      Tensor beta = call.weight("beta", channels).reshaped(sizes);
      result = graph.add(result, call.constant("beta", beta));
    }
    return ChannelOrder.restore(call, result, axis);
  }

  /** {@code x / sqrt(mean(x^2) + epsilon) * scale}. */
  private static Value rootMeanSquare(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    long[] axes = axes(call, x);
    Value square = graph.add(variance(graph, x, axes), call.config().number("epsilon", 1e-6));
    Value normalized = graph.divide(x, graph.squareRoot(square));
    return graph.multiply(normalized, aligned(call, "scale", x, axes));
  }

  private static Value unit(LayerCall call) {
    Value x = call.input();
    return unit(call.graph(), x, SMALLEST_NORM, axes(call, x));
  }

  /** {@code x / max(|x|, smallest)}, with the Euclidean norm along some axes. */
  static Value unit(Emitter graph, Value x, double smallest, long... axes) {
    Value square = graph.reduceSum(graph.square(x), true, axes);
    Value bounded = graph.apply("Max", square, graph.scalarLike(square, smallest * smallest));
    return graph.divide(x, graph.squareRoot(bounded));
  }
}
