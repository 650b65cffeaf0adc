package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.List;
import java.util.Map;

/** Attention of the standard domain, in the form of operator set 24. */
final class StandardAttention {
  private StandardAttention() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(OperatorType.of("Attention"), StandardAttention::attend);
  }

  private static List<Value> attend(Composite node) {
    for (String window : List.of("left_window_size", "right_window_size")) {
      if (node.attributes().integer(window, -1) >= 0) {
        throw node.error("a gradient with \"" + window + "\" is not supported");
      }
    }
    Value query = Heads.apart(node, node.input(0), node.attributes().integer("q_num_heads", 0));
    long keyHeads = node.attributes().integer("kv_num_heads", 0);
    Value key = withPast(node, 4, Heads.apart(node, node.input(1), keyHeads));
    Value value = withPast(node, 5, Heads.apart(node, node.input(2), keyHeads));
    DotProductAttention attention =
        new DotProductAttention(node, query, key, value)
            .scale(node.attributes().real("scale", 0))
            .cap(node.attributes().real("softcap", 0));
    if (node.has(3)) {
      mask(node, attention);
    }
    if (node.attributes().flag("is_causal", false)) {
      if (node.has(6)) {
        attention.causal(node.input(6));
      } else {
        attention.causal(node.has(4) ? node.sizes(node.input(4))[2] : 0, -1);
      }
    }
    if (node.has(6)) {
      attention.lengths(node.input(6)).emptyRows();
    }
    DotProductAttention.Result result = attention.run();
    boolean folded = node.sizes(node.input(0)).length == 3;
    Value output = folded ? Heads.together(node, result.output()) : result.output();
    return List.of(output, key, value, scores(node, result));
  }

  private static Value withPast(Composite node, int input, Value present) {
    return node.has(input) ? node.concatenate(2, List.of(node.input(input), present)) : present;
  }

  /** A condition or an addend; where its last axis is shorter, the keys beyond do not count. */
  private static void mask(Composite node, DotProductAttention attention) {
    Value mask = node.input(3);
    boolean condition = mask.type() == ElementType.BOOL;
    Value addend =
        condition
            ? node.where(
                mask,
                node.scalarLike(node.input(0), 0),
                node.scalarLike(node.input(0), attention.masked()))
            // Where all addends are minus infinity, a softmax would give no numbers.
            : node.apply("Max", mask, node.scalarLike(mask, attention.masked()));
    attention.emptyRows();
    long[] sizes = node.sizes(mask);
    long missing = attention.keys() - sizes[sizes.length - 1];
    if (missing > 0 && sizes[sizes.length - 1] > 1) {
      long[] pads = new long[2 * sizes.length];
      pads[pads.length - 1] = missing;
      addend =
          node.apply(
              "Pad", addend, node.integers(pads), node.scalarLike(addend, attention.masked()));
    }
    attention.bias(addend);
  }

  private static Value scores(Composite node, DotProductAttention.Result result) {
    long mode = node.attributes().integer("qk_matmul_output_mode", 0);
    return switch ((int) mode) {
      case 0 -> result.raw();
      case 1 -> result.capped();
      case 2 -> result.biased();
      case 3 -> result.probabilities();
      default -> throw node.error("qk_matmul_output_mode should be 0 to 3, found " + mode);
    };
  }
}
