package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Attention, QAttention and MultiHeadAttention of ONNX Runtime's own domain. */
final class ContributedAttention {
  /** What masks add where attribute {@code mask_filter_value} is not given. */
  private static final double MASK_FILTER = -10000;

  private ContributedAttention() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        new OperatorType("com.microsoft", "Attention"),
        ContributedAttention::projected,
        new OperatorType("com.microsoft", "QAttention"),
        ContributedAttention::quantized,
        new OperatorType("com.microsoft", "MultiHeadAttention"),
        ContributedAttention::multiHead);
  }

  /** Projects {@code [N, L, D]} to queries, keys and values by one matrix product, and attends. */
  private static List<Value> projected(Composite node) {
    requireCovered(node);
    Value all = node.matrixMultiply(node.input(0), node.input(1));
    return attended(node, node.has(2) ? node.add(all, node.input(2)) : all, 3, 4, 5);
  }

  /**
   * Inputs: quantized x and weights, bias, scales of both, mask, zero points of both, keys and
   * values before.
   */
  private static List<Value> quantized(Composite node) {
    requireCovered(node);
    Value x = node.apply("DequantizeLinear", node.input(0), node.input(3), node.input(6));
    Value weights =
        node.apply(
            "DequantizeLinear",
            Attributes.of("axis", 1),
            node.input(1),
            node.input(4),
            node.input(7));
    Value all = node.add(node.matrixMultiply(x, weights), node.input(2));
    return attended(node, all, 5, 8, node.inputs());
  }

  private static void requireCovered(Composite node) {
    if (node.attributes().flag("do_rotary", false)
        || node.attributes().flag("past_present_share_buffer", false)) {
      throw node.error("a gradient with do_rotary or past_present_share_buffer is not supported");
    }
  }

  /** Queries, keys and values side by side {@code [N, L, D + D + E]}, and where others are. */
  private static List<Value> attended(Composite node, Value all, int mask, int before, int bias) {
    long heads = node.attributes().integer("num_heads", 0);
    long width = node.sizes(all)[2];
    long[] widths =
        node.attributes()
            .integers("qkv_hidden_sizes")
            .orElse(new long[] {width / 3, width / 3, width / 3});
    List<Value> parts = node.split(all, 2, widths);
    Value query = Heads.apart(node, parts.get(0), heads);
    Value key = Heads.apart(node, parts.get(1), heads);
    Value value = Heads.apart(node, parts.get(2), heads);
    long past = 0;
    if (node.has(before)) {
      List<Value> parted = node.split(node.input(before), 0, 1, 1);
      past = node.sizes(node.input(before))[3];
      key = node.concatenate(2, List.of(node.squeeze(parted.get(0), 0), key));
      value = node.concatenate(2, List.of(node.squeeze(parted.get(1), 0), value));
    }
    Value output = attended(node, query, key, value, past, mask, bias);
    if (!node.isAsked(1)) {
      return List.of(output);
    }
    Value present = node.concatenate(0, List.of(node.unsqueeze(key, 0), node.unsqueeze(value, 0)));
    return List.of(output, present);
  }

  private static List<Value> multiHead(Composite node) {
    if (node.has(8) || node.has(9)) {
      throw node.error("a gradient with a shared cache of keys and values is not supported");
    }
    if (!node.has(1) || !node.has(2)) {
      throw node.error("queries, keys and values packed in one input are not supported");
    }
    List<Value> parts = new ArrayList<>(List.of(node.input(0), node.input(1), node.input(2)));
    if (node.has(3)) {
      addBias(node, parts);
    }
    long heads = node.attributes().integer("num_heads", 0);
    parts.replaceAll(part -> Heads.apart(node, part, heads));
    Value key = parts.get(1);
    Value value = parts.get(2);
    long past = 0;
    if (node.has(6)) {
      past = node.sizes(node.input(6))[2];
      key = node.concatenate(2, List.of(node.input(6), key));
      value = node.concatenate(2, List.of(node.input(7), value));
    }
    return List.of(attended(node, parts.get(0), key, value, past, 4, 5), key, value);
  }

  private static void addBias(Composite node, List<Value> parts) {
    long[] widths = new long[3];
    for (int i = 0; i < 3; i++) {
      long[] sizes = node.sizes(parts.get(i));
      widths[i] = sizes.length == 3 ? sizes[2] : sizes[1] * sizes[3];
    }
    List<Value> biases = node.split(node.input(3), 0, widths);
    for (int i = 0; i < 3; i++) {
      if (node.sizes(parts.get(i)).length == 3) {
        parts.set(i, node.add(parts.get(i), biases.get(i)));
      }
    }
  }

  private static Value attended(
      Composite node, Value query, Value key, Value value, long past, int mask, int bias) {
    DotProductAttention attention =
        new DotProductAttention(node, query, key, value).scale(node.attributes().real("scale", 0));
    if (node.has(bias)) {
      attention.bias(node.input(bias));
    }
    if (node.has(mask)) {
      mask(node, attention, node.input(mask), past);
    }
    if (node.attributes().flag("unidirectional", false)) {
      attention.causal(past, -1);
    }
    return Heads.together(node, attention.run().output());
  }

  /** Lengths {@code [N]}, or which keys count: {@code [N, S]} or {@code [N, L, S]}. */
  private static void mask(Composite node, DotProductAttention attention, Value mask, long past) {
    double filter = node.attributes().real("mask_filter_value", MASK_FILTER);
    long[] sizes = node.sizes(mask);
    long batch = node.sizes(node.input(0))[0];
    if (sizes.length == 1 && sizes[0] == batch && past == 0) {
      long[] indices = new long[Math.toIntExact(attention.keys())];
      Arrays.setAll(indices, i -> i);
      Value column = node.reshape(node.cast(mask, ElementType.INT64), -1, 1, 1, 1);
      attention.where(node.less(node.constant(Tensor.vector(indices)), column), filter);
      return;
    }
    Value marks =
        node.greater(node.cast(mask, ElementType.INT64), node.constant(Tensor.scalar(0L)));
    if (sizes.length == 2 && sizes[1] == attention.keys()) {
      attention.where(node.reshape(marks, sizes[0], 1, 1, sizes[1]), filter);
    } else if (sizes.length == 3 && sizes[2] == attention.keys()) {
      attention.where(node.reshape(marks, sizes[0], 1, sizes[1], sizes[2]), filter);
    } else {
      throw node.error(
          "expected a mask of lengths [%d], [%d, %d] or [%d, %d, %d], found %s"
              .formatted(
                  batch,
                  batch,
                  attention.keys(),
                  batch,
                  attention.queries(),
                  attention.keys(),
                  mask.shape()));
    }
  }
}
