package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The functions of {@code keras.activations}, by name. */
final class Activations {
  /** x sigmoid(alpha x) as one node. */
  private static final OperatorType SWISH = new OperatorType("com.microsoft", "QuickGelu");

  private static final Map<String, BiFunction<Emitter, Value, Value>> FUNCTIONS =
      Map.ofEntries(
          Map.entry("linear", (graph, x) -> x),
          Map.entry("relu", (graph, x) -> graph.apply("Relu", x)),
          Map.entry("relu6", (graph, x) -> clip(graph, x, 0, 6)),
          Map.entry("leaky_relu", (graph, x) -> leakyRelu(graph, x, 0.2)),
          Map.entry("elu", (graph, x) -> elu(graph, x, 1)),
          Map.entry("celu", (graph, x) -> graph.apply("Celu", Attributes.of("alpha", 1.0), x)),
          Map.entry("selu", (graph, x) -> graph.apply("Selu", x)),
          Map.entry("softmax", (graph, x) -> softmax(graph, x, -1)),
          Map.entry(
              "log_softmax", (graph, x) -> graph.apply("LogSoftmax", Attributes.of("axis", -1), x)),
          Map.entry("softplus", (graph, x) -> graph.apply("Softplus", x)),
          Map.entry("softsign", (graph, x) -> graph.apply("Softsign", x)),
          Map.entry("tanh", (graph, x) -> graph.apply("Tanh", x)),
          Map.entry("hard_tanh", (graph, x) -> clip(graph, x, -1, 1)),
          Map.entry("tanh_shrink", (graph, x) -> graph.subtract(x, graph.apply("Tanh", x))),
          Map.entry("sigmoid", Emitter::sigmoid),
          Map.entry("log_sigmoid", Activations::logSigmoid),
          Map.entry("hard_sigmoid", (graph, x) -> hardSigmoid(graph, x, 1.0 / 6)),
          Map.entry("sparse_sigmoid", Activations::sparseSigmoid),
          Map.entry("exponential", Emitter::exponential),
          Map.entry("gelu", (graph, x) -> graph.apply("Gelu", x)),
          Map.entry("silu", Activations::silu),
          Map.entry("swish", Activations::silu),
          Map.entry("hard_silu", (graph, x) -> graph.apply("HardSwish", x)),
          Map.entry("hard_swish", (graph, x) -> graph.apply("HardSwish", x)),
          Map.entry("mish", (graph, x) -> graph.apply("Mish", x)),
          Map.entry("hard_shrink", Activations::hardShrink),
          Map.entry("soft_shrink", Activations::softShrink),
          Map.entry("squareplus", Activations::squareplus),
          Map.entry("sparse_plus", Activations::sparsePlus),
          Map.entry("glu", Activations::glu));

  private Activations() {}

  /**
   * What the activation of a layer's configuration gives: a name, or a serialized function or
   * layer; nothing is the identity.
   *
   * @throws PhospheneException where it is a function of the user's own
   */
  static Value apply(LayerCall call, String key, Value x) {
    JsonNode activation = call.config().node(key);
    if (activation.isObject()) {
      JsonNode config = activation.path("config");
      if (config.isTextual()) { // a function: {"class_name": "function", "config": "relu"}
        return named(call, config.asText(), x);
      }
      return call.inner().call(call, activation, key, List.of(x)).get(0);
    }
    return activation.isTextual() ? named(call, activation.asText(), x) : x;
  }

  /** The function of this name. */
  static Value named(LayerCall call, String name, Value x) {
    String plain = name.substring(name.lastIndexOf('>') + 1);
    if (plain.equals("hard_sigmoid") && call.kerasVersion() < 3) {
      return hardSigmoid(call.graph(), x, 0.2);
    }
    BiFunction<Emitter, Value, Value> function = FUNCTIONS.get(plain);
    if (function == null) {
      throw call.error(
          "its activation \"%s\" is not one of keras.activations; give the layer another class and"
                  .formatted(name)
              + " register that with KerasLayers.with(...), or export the model as ONNX");
    }
    return function.apply(call.graph(), x);
  }

  static Value clip(Emitter graph, Value x, double low, double high) {
    return graph.apply("Clip", x, graph.scalarLike(x, low), graph.scalarLike(x, high));
  }

  static Value leakyRelu(Emitter graph, Value x, double slope) {
    return graph.apply("LeakyRelu", Attributes.of("alpha", slope), x);
  }

  static Value elu(Emitter graph, Value x, double alpha) {
    return graph.apply("Elu", Attributes.of("alpha", alpha), x);
  }

  static Value softmax(Emitter graph, Value x, long axis) {
    return graph.apply("Softmax", Attributes.of("axis", axis), x);
  }

  /** {@code x} where it is above a threshold, else another number. */
  static Value threshold(Emitter graph, Value x, double threshold, double otherwise) {
    return graph.where(
        graph.greater(x, graph.scalarLike(x, threshold)), x, graph.scalarLike(x, otherwise));
  }

  /** Clipped {@code slope * x + 0.5}. */
  static Value hardSigmoid(Emitter graph, Value x, double slope) {
    return graph.apply("HardSigmoid", Attributes.of("alpha", slope, "beta", 0.5), x);
  }

  static Value silu(Emitter graph, Value x) {
    if (x.type() != ElementType.FLOAT32) {
      return graph.multiply(x, graph.sigmoid(x));
    }
    return graph.apply(SWISH, 1, Attributes.of("alpha", 1.0), List.of(x)).get(0);
  }

  private static Value logSigmoid(Emitter graph, Value x) {
    return graph.negate(graph.apply("Softplus", graph.negate(x)));
  }

  private static Value sparseSigmoid(Emitter graph, Value x) {
    return hardSigmoid(graph, x, 0.5);
  }

  private static Value hardShrink(Emitter graph, Value x) {
    Value far = graph.greater(graph.absolute(x), graph.scalarLike(x, 0.5));
    return graph.where(far, x, graph.scalarLike(x, 0));
  }

  private static Value softShrink(Emitter graph, Value x) {
    // What is farther from zero than the threshold, by how much it is.
    return graph.subtract(x, clip(graph, x, -0.5, 0.5));
  }

  /** (x + sqrt(x^2 + 4)) / 2. */
  private static Value squareplus(Emitter graph, Value x) {
    return graph.multiply(graph.add(x, graph.squareRoot(graph.add(graph.square(x), 4))), 0.5);
  }

  /** 0 up to -1, then (x + 1)^2 / 4, and x from 1 on. */
  private static Value sparsePlus(Emitter graph, Value x) {
    Value bent = graph.multiply(graph.square(graph.add(clip(graph, x, -1, 1), 1)), 0.25);
    return graph.add(bent, graph.apply("Relu", graph.add(x, -1)));
  }

  /** One half of the last axis times the sigmoid of the other. */
  private static Value glu(Emitter graph, Value x) {
    int axis = x.rank() - 1;
    long half = x.size(axis) / 2;
    if (half < 1) {
      throw new PhospheneException(
          "activation \"glu\" needs an even number of units, found shape " + x.shape());
    }
    Value gate = graph.sigmoid(graph.slice(x, axis, half, 2 * half));
    return graph.multiply(graph.slice(x, axis, 0, half), gate);
  }
}
