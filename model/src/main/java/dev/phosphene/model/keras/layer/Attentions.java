package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.layer.KerasLayers.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Attention with projections to heads (Vaswani et al., 2017), and with groups of heads that share
 * keys and values (Ainslie et al., 2023), as sums of products in Einstein's notation.
 */
final class Attentions {
  private static final String LABELS = "abcdefghijklmnopqrstuvwxyz";

  private Attentions() {}

  static void register(Registration table) {
    table
        .layers("MultiHeadAttention", Attentions::multiHead)
        .layers("GroupQueryAttention", Attentions::grouped)
        .layers("GroupedQueryAttention", Attentions::grouped);
  }

  /**
   * What the layer is called with: query, value and key, which is the value where it is left out.
   */
  private record Given(Value query, Value value, Value key) {
    static Given of(LayerCall call) {
      Value query = found(call, 0, "query");
      Value value = found(call, 1, "value");
      if (query == null || value == null) {
        throw call.error("it is called without a query or without a value");
      }
      Value key = found(call, 2, "key");
      return new Given(query, value, key == null ? value : key);
    }

    private static @Nullable Value found(LayerCall call, int position, String keyword) {
      if (call.named().get(keyword) instanceof Argument.Given<Value> given) {
        return given.tensor();
      }
      return position < call.inputs().size() ? call.inputs().get(position) : null;
    }
  }

  private static AttentionMasks masks(LayerCall call, Given given) {
    return new AttentionMasks(call)
        .given("query_mask", -1)
        .given("value_mask", -2)
        .given("key_mask", -2)
        .causal(given.query(), given.value())
        .window(given.query(), given.value())
        .given("attention_mask");
  }

  private static List<Value> results(LayerCall call, Value output, Value scores) {
    JsonNode wanted = call.option("return_attention_scores");
    return wanted != null && wanted.asBoolean(false) ? List.of(output, scores) : List.of(output);
  }

  /** A projection along the last axis of a value to two axes, heads and their elements. */
  private static Value toHeads(LayerCall call, String name, Value x) {
    int rank = x.rank();
    String kept = LABELS.substring(0, rank - 1);
    String heads = LABELS.substring(rank, rank + 2);
    String equation = kept + LABELS.charAt(rank - 1) + "," + LABELS.charAt(rank - 1) + heads;
    return project(call, name, equation + "->" + kept + heads, x, heads);
  }

  private static Value project(
      LayerCall call, String name, String equation, Value x, String biasAxes) {
    String bias = call.config().flag("use_bias", true) ? biasAxes : "";
    LayerWeights weights = call.weights().part(name + "_dense");
    return EinsteinProducts.projected(call, weights, name + "/", equation, x, bias);
  }

  private static List<Value> multiHead(LayerCall call) {
    Emitter graph = call.graph();
    Given given = Given.of(call);
    int rank = given.query().rank() + 1;
    if (rank < 4 || rank > 12 || given.value().rank() != given.query().rank()) {
      throw call.error(
          "its query has shape %s and its value %s, expected as many axes, 3 or more"
              .formatted(given.query().shape(), given.value().shape()));
    }
    Value query = toHeads(call, "query", given.query());
    Value key = toHeads(call, "key", given.key());
    boolean isGated = call.config().flag("use_gate", false);
    Value gate = isGated ? graph.sigmoid(toHeads(call, "gate", given.query())) : Value.ABSENT;
    Value value = toHeads(call, "value", given.value());
    int[] axes = attentionAxes(call, rank);
    String target = LABELS.substring(0, rank);
    StringBuilder source = new StringBuilder(target);
    StringBuilder product = new StringBuilder();
    for (int i = 0; i < axes.length; i++) {
      source.setCharAt(axes[i], LABELS.charAt(rank + i));
    }
    for (int axis = 0; axis < rank - 1; axis++) {
      if (source.charAt(axis) == target.charAt(axis)) {
        product.append(target.charAt(axis));
      }
    }
    for (int axis : axes) {
      product.append(target.charAt(axis));
    }
    for (int axis : axes) {
      product.append(source.charAt(axis));
    }
    Value scaled = graph.multiply(query, 1 / Math.sqrt((double) call.config().count("key_dim")));
    Value scores =
        EinsteinProducts.einsum(graph, source + "," + target + "->" + product, key, scaled);
    Value weights = masks(call, given).softmax(scores, axes.length);
    Value attended =
        EinsteinProducts.einsum(graph, product + "," + source + "->" + target, weights, value);
    attended = isGated ? graph.multiply(attended, gate) : attended;
    return results(call, fromHeads(call, attended), weights);
  }

  private static int[] attentionAxes(LayerCall call, int rank) {
    if (!call.config().has("attention_axes")) {
      return IntStream.range(1, rank - 2).toArray();
    }
    List<Integer> axes = new ArrayList<>();
    for (long axis : call.config().integers("attention_axes")) {
      long counted = axis < 0 ? axis + rank - 1 : axis;
      if (counted < 1 || counted >= rank - 2 || axes.contains((int) counted)) {
        throw call.config().unexpected("attention_axes", "axes between the batch and the last");
      }
      axes.add((int) counted);
    }
    return axes.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A projection of heads and their elements to the output, of one axis or of several. */
  private static Value fromHeads(LayerCall call, Value attended) {
    int rank = attended.rank();
    int outputs =
        call.config().has("output_shape") ? call.config().integers("output_shape").length : 1;
    if (outputs < 1 || outputs > LABELS.length() - rank) {
      throw call.config().unexpected("output_shape", "sizes of the output");
    }
    String kept = LABELS.substring(0, rank - 2);
    String heads = LABELS.substring(rank - 2, rank);
    String output = LABELS.substring(rank, rank + outputs);
    String equation = kept + heads + "," + heads + output + "->" + kept + output;
    return project(call, "output", equation, attended, output);
  }

  private static List<Value> grouped(LayerCall call) {
    Emitter graph = call.graph();
    Given given = Given.of(call);
    long heads = call.config().count("num_query_heads");
    long shared = call.config().count("num_key_value_heads");
    long size = call.config().count("head_dim");
    if (heads % shared != 0) {
      throw call.error("%d heads cannot be in %d groups".formatted(heads, shared));
    }
    Value query = toHeads(call, "query", given.query());
    Value key = toHeads(call, "key", given.key());
    boolean isGated = call.config().flag("use_gate", false);
    Value gate = isGated ? graph.sigmoid(toHeads(call, "gate", given.query())) : Value.ABSENT;
    Value value = toHeads(call, "value", given.value());
    Value scaled = graph.multiply(query, 1 / Math.sqrt((double) size));
    // Head u of the query has keys and values of group u / (heads / shared).
    Value byGroup = graph.reshape(scaled, 0, 0, shared, heads / shared, size);
    Value scores = EinsteinProducts.einsum(graph, "bqgrh,bkgh->bgrqk", byGroup, key);
    Value all =
        graph.reshape(scores, 0, heads, call.size(given.query(), 1), call.size(given.value(), 1));
    Value weights = masks(call, given).softmax(all, 1);
    Value weightsByGroup =
        graph.reshape(
            weights,
            0,
            shared,
            heads / shared,
            call.size(given.query(), 1),
            call.size(given.value(), 1));
    Value attended = EinsteinProducts.einsum(graph, "bgrqk,bkgh->bqgrh", weightsByGroup, value);
    Value joined = graph.reshape(attended, 0, 0, heads, size);
    joined = isGated ? graph.multiply(joined, gate) : joined;
    return results(call, fromHeads(call, joined), weights);
  }
}
