package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/** Which positions of the value each position of the query may attend to. */
final class AttentionMasks {
  /** What scores of masked positions become; its exponential is 0. */
  private static final double MASKED = -1e9;

  /** Along each axis of a mask that is part of the graph. */
  private static final long MOST_POSITIONS = 8192;

  private final LayerCall call;
  private @Nullable Value mask;

  AttentionMasks(LayerCall call) {
    this.call = call;
  }

  /** Only positions that a keyword argument of the call says, if there is one; with new axes. */
  AttentionMasks given(String keyword, long... newAxes) {
    return call.named().get(keyword) instanceof Argument.Given<Value> given
        ? and(given.tensor(), newAxes)
        : this;
  }

  /** Only positions where this holds as well; with new axes. */
  AttentionMasks and(Value other, long... newAxes) {
    Emitter graph = call.graph();
    Value next = graph.cast(other, ElementType.BOOL);
    next = newAxes.length == 0 ? next : graph.unsqueeze(next, newAxes);
    mask = mask == null ? next : graph.apply("And", mask, next);
    return this;
  }

  /** Only positions up to the query's own, where the call says so. */
  AttentionMasks causal(Value query, Value value) {
    JsonNode flag = call.option("use_causal_mask");
    boolean isCausal = flag == null ? call.config().flag("causal", false) : flag.asBoolean(false);
    return isCausal ? positions(query, value, (row, column) -> column <= row ? 1 : 0) : this;
  }

  /** Only positions that are nearer than the layer's window, if it has one. */
  AttentionMasks window(Value query, Value value) {
    long size = call.config().integer("sliding_window", 0);
    return size > 0
        ? positions(query, value, (row, column) -> Math.abs(row - column) < size ? 1 : 0)
        : this;
  }

  private AttentionMasks positions(Value query, Value value, LongBinaryOperator rule) {
    long queries = call.size(query, 1);
    long values = call.size(value, 1);
    if (queries > MOST_POSITIONS || values > MOST_POSITIONS) {
      throw call.error(
          "its mask has %d x %d positions, expected at most %d along each axis"
              .formatted(queries, values, MOST_POSITIONS));
    }
    int rows = (int) queries;
    int columns = (int) values;
    float[] allowed = new float[rows * columns];
    for (int i = 0; i < allowed.length; i++) {
      allowed[i] = rule.applyAsLong(i / columns, i % columns);
    }
    return and(call.graph().constant(Tensor.of(allowed, 1, rows, columns)));
  }

  /**
   * Weights {@code [N, heads..., T..., S...]} of scores.
   *
   * @param axes how many axes T are, and how many S
   */
  Value softmax(Value scores, int axes) {
    Emitter graph = call.graph();
    Value masked = scores;
    if (mask != null) {
      long[] heads = new long[Math.max(0, scores.rank() - mask.rank())];
      Arrays.setAll(heads, i -> mask.rank() - 2L * axes + i);
      Value aligned = heads.length == 0 ? mask : graph.unsqueeze(mask, heads);
      masked = graph.where(aligned, scores, graph.scalarLike(scores, MASKED));
    }
    long[] along = new long[axes];
    Arrays.setAll(along, i -> (long) scores.rank() - axes + i);
    return ActivationLayers.softmax(graph, masked, along);
  }
}
