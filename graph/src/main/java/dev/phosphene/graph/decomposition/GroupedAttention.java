package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * GroupQueryAttention of ONNX Runtime's own domain, over a whole sequence: no keys and values come
 * from calls before.
 */
final class GroupedAttention {
  private GroupedAttention() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        new OperatorType("com.microsoft", "GroupQueryAttention"), GroupedAttention::attend);
  }

  private static List<Value> attend(Composite node) {
    requireCovered(node);
    long heads = node.attributes().integer("num_heads", 0);
    long few = node.attributes().integer("kv_num_heads", 0);
    List<Value> parts = List.of(node.input(0), node.input(1), node.input(2));
    if (!node.has(1)) {
      long width = node.sizes(node.input(0))[2] / (heads + 2 * few);
      parts = node.split(node.input(0), 2, heads * width, few * width, few * width);
    }
    Value query = Heads.apart(node, parts.get(0), heads);
    Value key = Heads.apart(node, parts.get(1), few);
    if (node.attributes().flag("do_rotary", false)) {
      query = turned(node, query);
      key = turned(node, key);
    }
    Value value = Heads.apart(node, parts.get(2), few);
    DotProductAttention attention =
        new DotProductAttention(node, query, key, value)
            .scale(node.attributes().real("scale", 0))
            .cap(node.attributes().real("softcap", 0));
    if (node.has(10)) {
      attention.bias(node.input(10));
    }
    long window = node.attributes().integer("local_window_size", -1);
    // The window counts the query's own position, too.
    attention.causal(0, window < 0 ? -1 : window - 1);
    return List.of(Heads.together(node, attention.run().output()), key, value);
  }

  private static void requireCovered(Composite node) {
    for (int past : new int[] {3, 4}) {
      if (node.has(past) && node.elements(node.input(past)) > 0) {
        throw node.error(
            "a gradient with keys and values of calls before is not supported; give an empty"
                + " past_key and past_value");
      }
    }
    for (int other : new int[] {11, 12, 13, 14, 15}) {
      if (node.has(other)) {
        throw node.error(
            "a gradient with head_sink, quantized caches or normalized queries is not supported");
      }
    }
    if (node.attributes().flag("smooth_softmax", false)
        || !node.attributes().flag("causal", true)) {
      throw node.error("a gradient with smooth_softmax or without causal mask is not supported");
    }
  }

  /**
   * Turned by its positions, counted from zero or from the first one given: of a whole sequence the
   * runtime reads no other.
   */
  private static Value turned(Composite node, Value x) {
    Value cosines = node.input(7);
    Value sines = node.input(8);
    long length = node.sizes(x)[2];
    if (node.has(9)) {
      Value first = node.slice(node.reshape(node.input(9), -1), 0, 0, 1);
      Value counted = node.integers(LongStream.range(0, length).toArray());
      Value positions = node.add(first, counted);
      cosines = node.apply("Gather", cosines, positions);
      sines = node.apply("Gather", sines, positions);
    } else {
      cosines = node.slice(cosines, 0, 0, length);
      sines = node.slice(sines, 0, 0, length);
    }
    return Rotation.rotated(
        node, x, cosines, sines, node.attributes().flag("rotary_interleaved", false));
  }
}
