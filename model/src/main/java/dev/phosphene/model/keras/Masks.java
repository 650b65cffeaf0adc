package dev.phosphene.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.layer.Argument;
import dev.phosphene.model.keras.layer.LayerCall;
import dev.phosphene.tensor.ElementType;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Time steps that do not count, as {@code Masking} and embeddings of zero say: Keras hands such a
 * mask {@code [N, T]} on from layer to layer beside the tensor. Recurrent layers skip these steps.
 */
final class Masks {
  /** The keyword under which a layer is given its mask. */
  private static final String KEYWORD = "mask";

  /** Layers that hand the mask of their input on, and do not look at it. */
  private static final Set<String> PASSING =
      Set.of(
          "Activation",
          "ReLU",
          "LeakyReLU",
          "PReLU",
          "ELU",
          "ThresholdedReLU",
          "Dropout",
          "SpatialDropout1D",
          "GaussianNoise",
          "GaussianDropout",
          "AlphaDropout",
          "Identity",
          "ActivityRegularization",
          "Dense",
          "LayerNormalization",
          "RMSNormalization",
          "UnitNormalization",
          "GroupNormalization",
          "BatchNormalization",
          "EinsumDense",
          "Rescaling",
          "Embedding",
          "Masking");

  private static final Set<String> RECURRENT =
      Set.of(
          "SimpleRNN",
          "LSTM",
          "GRU",
          "RNN",
          "ConvLSTM1D",
          "ConvLSTM2D",
          "ConvLSTM3D",
          "Bidirectional");

  /** Layers whose output depends on the mask of their input, in ways not known here. */
  private static final Set<String> USING =
      Set.of("GlobalAveragePooling1D", "GlobalAvgPool1D", "TimeDistributed", "Softmax");

  /** Layers that have several masks, and make one of them. */
  private static final Set<String> MERGING =
      Set.of(
          "Attention",
          "AdditiveAttention",
          "MultiHeadAttention",
          "GroupQueryAttention",
          "Add",
          "Subtract",
          "Multiply",
          "Average",
          "Maximum",
          "Minimum",
          "Concatenate",
          "Dot");

  private final Map<String, Value> masks = new HashMap<>();

  /**
   * A call of a layer, with the mask of its input where the layer uses masks. Functional models of
   * Keras 3 have masks as arguments in their configuration, so that none need be handed on.
   */
  LayerCall given(Entry entry, LayerCall call, boolean areHandedOn) {
    boolean isExplicit = call.named().get(KEYWORD) instanceof Argument.Given;
    Value mask =
        areHandedOn
            ? call.inputs().stream().map(this::of).filter(m -> m != null).findFirst().orElse(null)
            : null;
    if (isExplicit ? USING.contains(entry.className()) : mask != null && isUnsupported(entry)) {
      throw call.error(
          "some time steps of its input are masked, which is not supported for this class; remove Masking or mask_zero, or export the model as ONNX");
    }
    boolean isWanted = mask != null && !isExplicit && RECURRENT.contains(entry.className());
    return isWanted ? call.with(KEYWORD, mask) : call;
  }

  private static boolean isUnsupported(Entry entry) {
    return USING.contains(entry.className()) || MERGING.contains(entry.className());
  }

  private @Nullable Value of(Value value) {
    return masks.get(value.name());
  }

  /** Notes the mask of what a layer gives. */
  void note(Entry entry, LayerCall call, Value output) {
    if (call.inputs().isEmpty()) {
      return;
    }
    Value input = call.inputs().get(0);
    Value mask = of(input);
    JsonNode config = entry.config();
    boolean isSequence =
        config.path("return_sequences").asBoolean(false)
            || config.path("layer").path("config").path("return_sequences").asBoolean(false);
    Emitter graph = call.graph();
    if (entry.className().equals("Embedding") && config.path("mask_zero").asBoolean(false)) {
      Value indices = graph.cast(input, ElementType.INT64);
      mask = graph.apply("Not", graph.equal(indices, graph.scalarLike(indices, 0)));
    } else if (entry.className().equals("Masking")) {
      mask = given(graph, input, call.config().number("mask_value", 0));
    } else if (RECURRENT.contains(entry.className()) ? !isSequence : !isPassing(entry)) {
      mask = null;
    }
    if (mask != null) {
      masks.put(output.name(), mask);
    }
  }

  private static boolean isPassing(Entry entry) {
    return PASSING.contains(entry.className());
  }

  /** Where anything along the last axis is other than the value that masks. */
  private static Value given(Emitter graph, Value x, double masking) {
    Value differs = graph.apply("Not", graph.equal(x, graph.scalarLike(x, masking)));
    Value any =
        graph.reduce("ReduceMax", graph.cast(differs, ElementType.FLOAT32), false, x.rank() - 1);
    return graph.cast(any, ElementType.BOOL);
  }

  /** The mask that a layer around another one is called with; nothing where there is none. */
  static Map<String, Argument<Value>> handedOn(LayerCall around, Entry inner) {
    Argument<Value> mask = around.named().get(KEYWORD);
    return mask instanceof Argument.Given && RECURRENT.contains(inner.className())
        ? Map.of(KEYWORD, mask)
        : Map.of();
  }
}
