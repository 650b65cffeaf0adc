package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention without projections: by products (Luong et al., 2015), or sums (Bahdanau et al., 2015).
 */
final class ScoreAttentions {
  private ScoreAttentions() {}

  static void register(Registration table) {
    table
        .layers("Attention", call -> attend(call, products(call)))
        .layers("AdditiveAttention", call -> attend(call, sums(call)));
  }

  private static Value key(LayerCall call) {
    List<Value> inputs = call.inputs();
    if (inputs.size() < 2 || call.input(3).rank() != inputs.get(1).rank()) {
      throw call.error("it is called with other than a query and a value [N, T, C]");
    }
    return inputs.get(inputs.size() > 2 ? 2 : 1);
  }

  /** Scores {@code [N, T, S]}. */
  private static Value products(LayerCall call) {
    Emitter graph = call.graph();
    Value key = key(call);
    Value query = call.input();
    Value scale =
        call.config().flag("use_scale", false)
            ? call.constant("scale", call.weight("scale"))
            : Value.ABSENT;
    String mode = call.config().text("score_mode", "dot");
    if (mode.equals("concat")) {
      Value sum = graph.add(graph.unsqueeze(query, 2), graph.unsqueeze(key, 1));
      Value scaled = scale.isPresent() ? graph.multiply(sum, scale) : sum;
      Value total = graph.reduceSum(graph.apply("Tanh", scaled), false, 3);
      Value weight = call.constant("concat_score_weight", call.weight("concat_score_weight"));
      return graph.multiply(total, weight);
    } else if (!mode.equals("dot")) {
      throw call.config().unexpected("score_mode", "\"dot\" or \"concat\"");
    }
    Value scores = graph.matrixMultiply(query, graph.transpose(key, 0, 2, 1));
    return scale.isPresent() ? graph.multiply(scores, scale) : scores;
  }

  /** Scores {@code [N, T, S]}. */
  private static Value sums(LayerCall call) {
    Emitter graph = call.graph();
    Value key = key(call);
    Value query = call.input();
    Value sum = graph.add(graph.unsqueeze(query, 2), graph.unsqueeze(key, 1));
    Value bounded = graph.apply("Tanh", sum);
    if (call.config().flag("use_scale", true)) {
      Value scale = call.constant("scale", call.weight("scale", query.size(-1)));
      bounded = graph.multiply(bounded, scale);
    }
    return graph.reduceSum(bounded, false, 3);
  }

  private static List<Value> attend(LayerCall call, Value scores) {
    Emitter graph = call.graph();
    Value value = call.inputs().get(1);
    AttentionMasks masks = new AttentionMasks(call).causal(call.input(), value);
    Value valueMask = mask(call, 1);
    if (valueMask != null) {
      masks.and(valueMask, -2);
    }
    Value weights = masks.softmax(scores, 1);
    Value attended = graph.matrixMultiply(weights, value);
    Value queryMask = mask(call, 0);
    if (queryMask != null) {
      Value isGiven = graph.unsqueeze(queryMask, -1);
      attended = graph.where(isGiven, attended, graph.scalarLike(attended, 0));
    }
    JsonNode wanted = call.option("return_attention_scores");
    return wanted != null && wanted.asBoolean(false)
        ? List.of(attended, weights)
        : List.of(attended);
  }

  /** One of the masks that the layer is called with; null where there is none. */
  private static @Nullable Value mask(LayerCall call, int position) {
    return call.named().get("mask") instanceof Argument.Many<Value> many
            && position < many.items().size()
            && many.items().get(position) instanceof Argument.Given<Value> given
        ? given.tensor()
        : null;
  }
}
