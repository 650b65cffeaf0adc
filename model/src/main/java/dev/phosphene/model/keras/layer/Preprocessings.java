package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;

/** Layers that bring an input to the scale that the network was trained on. */
final class Preprocessings {
  /** What Keras divides by where the deviation is smaller. */
  private static final double SMALLEST_DEVIATION = 1e-7;

  private Preprocessings() {}

  static void register(Registration table) {
    table
        .layer("Rescaling", Preprocessings::rescale)
        .layer("Normalization", Preprocessings::normalize);
  }

  /** {@code x * scale + offset}; both one number, or one a channel. */
  private static Value rescale(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    Value scaled = graph.multiply(x, along(call, x, "scale", 1));
    double[] offset = call.config().has("offset") ? call.config().numbers("offset") : new double[1];
    return Arrays.stream(offset).allMatch(each -> each == 0)
        ? scaled
        : graph.add(scaled, along(call, x, "offset", 0));
  }

  private static Value along(LayerCall call, Value x, String key, double otherwise) {
    double[] numbers =
        call.config().has(key) ? call.config().numbers(key) : new double[] {otherwise};
    if (numbers.length == 1) {
      return call.graph().scalarLike(x, numbers[0]);
    }
    long[] sizes = new long[x.rank()];
    Arrays.fill(sizes, 1);
    sizes[call.channelAxis(x)] = numbers.length;
    return call.constant(key, Tensor.converted(x.type(), numbers, sizes));
  }

  /**
   * {@code (x - mean) / sqrt(variance)}, both learned, or given with the layer; inverted, {@code x
   * * sqrt(variance) + mean}.
   */
  private static Value normalize(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    // No axis: one mean for all elements.
    boolean isOne = call.config().json().has("axis") && !call.config().has("axis");
    long[] axes =
        isOne
            ? new long[0]
            : Arrays.stream(call.config().integers("axis", -1))
                .map(axis -> call.axis(axis, x))
                .sorted()
                .toArray();
    double[] mean;
    double[] variance;
    if (call.config().has("mean")) {
      mean = call.config().numbers("mean");
      variance = call.config().numbers("variance");
    } else {
      mean = call.weights().next("mean").toDoubles();
      variance = call.weights().next("variance").toDoubles();
    }
    Value center = statistics(call, "mean", x, axes, mean);
    double[] deviations =
        Arrays.stream(variance)
            .map(each -> Math.max(Math.sqrt(each), SMALLEST_DEVIATION))
            .toArray();
    Value deviation = statistics(call, "deviation", x, axes, deviations);
    return call.config().flag("invert", false)
        ? graph.add(graph.multiply(x, deviation), center)
        : graph.divide(graph.subtract(x, center), deviation);
  }

  private static Value statistics(
      LayerCall call, String what, Value x, long[] axes, double[] numbers) {
    if (numbers.length == 1) {
      return call.graph().scalarLike(x, numbers[0]);
    }
    long[] sizes = new long[x.rank()];
    Arrays.fill(sizes, 1);
    long count = 1;
    for (long axis : axes) {
      sizes[(int) axis] = call.size(x, (int) axis);
      count *= sizes[(int) axis];
    }
    if (count != numbers.length) {
      throw call.error("its %s has %d numbers, expected %d".formatted(what, numbers.length, count));
    }
    return call.constant(what, Tensor.converted(x.type(), numbers, sizes));
  }
}
