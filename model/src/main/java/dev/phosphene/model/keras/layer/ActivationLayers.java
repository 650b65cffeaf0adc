package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Layers that are an activation function. */
final class ActivationLayers {
  private ActivationLayers() {}

  static void register(Registration table) {
    table
        .layer("Activation", call -> Activations.apply(call, "activation", call.input()))
        .layer("ReLU", ActivationLayers::relu)
        .layer("LeakyReLU", ActivationLayers::leakyRelu)
        .layer("PReLU", ActivationLayers::parametricRelu)
        .layer("ELU", call -> Activations.elu(call.graph(), call.input(), alpha(call)))
        .layer("ThresholdedReLU", ActivationLayers::thresholdedRelu)
        .layer("Softmax", ActivationLayers::softmax);
  }

  /**
   * {@code max_value} where x is above it, x above the threshold, else {@code negative_slope * (x -
   * threshold)}.
   */
  private static Value relu(LayerCall call) {
    Emitter graph = call.graph();
    Value x = call.input();
    double slope = call.config().number("negative_slope", 0);
    double threshold = call.config().number("threshold", 0);
    double highest = call.config().number("max_value", Double.POSITIVE_INFINITY);
    boolean isBounded = highest < Double.POSITIVE_INFINITY;
    if (threshold == 0 && slope == 0) {
      return isBounded ? Activations.clip(graph, x, 0, highest) : graph.apply("Relu", x);
    }
    Value bent;
    if (threshold == 0) {
      bent = Activations.leakyRelu(graph, x, slope);
    } else {
      Value above = Activations.threshold(graph, x, threshold, 0);
      Value below = graph.multiply(graph.apply("Relu", graph.subtract(threshold, x)), -slope);
      bent = slope == 0 ? above : graph.add(above, below);
    }
    return isBounded ? graph.apply("Min", bent, graph.scalarLike(bent, highest)) : bent;
  }

  private static Value leakyRelu(LayerCall call) {
    // Keras 2 called it alpha.
    double slope = call.config().number("negative_slope", call.config().number("alpha", 0.3));
    return Activations.leakyRelu(call.graph(), call.input(), slope);
  }

  private static double alpha(LayerCall call) {
    return call.config().number("alpha", 1);
  }

  private static Value thresholdedRelu(LayerCall call) {
    double theta = call.config().number("theta", 1);
    return Activations.threshold(call.graph(), call.input(), theta, 0);
  }

  /** A slope for each element of the input, batch left out, and one for all along shared axes. */
  private static Value parametricRelu(LayerCall call) {
    Value x = call.input();
    long[] sizes = Arrays.copyOfRange(x.shape().sizes(), 1, x.rank());
    for (long shared : call.config().integers("shared_axes")) {
      sizes[Math.max(0, call.axis(shared, x) - 1)] = 1;
    }
    Tensor slope = call.weight("alpha", sizes);
    return call.graph().apply("PRelu", x, call.constant("alpha", slope));
  }

  private static Value softmax(LayerCall call) {
    Value x = call.input();
    JsonNode axis = call.config().node("axis");
    if (!axis.isArray()) {
      return Activations.softmax(call.graph(), x, call.config().integer("axis", -1));
    }
    long[] axes = call.config().integers("axis");
    if (axes.length == 1) {
      return Activations.softmax(call.graph(), x, axes[0]);
    }
    Set<Integer> distinct = new HashSet<>();
    for (long each : axes) {
      distinct.add(call.axis(each, x));
    }
    long[] along = distinct.stream().mapToLong(Integer::longValue).sorted().toArray();
    return softmax(call.graph(), x, along);
  }

  /** Softmax along one axis or several. */
  static Value softmax(Emitter graph, Value x, long... along) {
    if (along.length == 1) {
      return Activations.softmax(graph, x, along[0]);
    }
    Value shifted = graph.subtract(x, graph.reduce("ReduceMax", x, true, along));
    Value exponential = graph.exponential(shifted);
    return graph.divide(exponential, graph.reduceSum(exponential, true, along));
  }
}
