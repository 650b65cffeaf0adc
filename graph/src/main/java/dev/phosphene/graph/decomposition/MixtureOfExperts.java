package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.List;
import java.util.Map;

/**
 * Mixtures of experts: every token goes through the experts that its scores choose, and the mean of
 * what they give is weighted by the softmax of the scores. Here every token goes through all
 * experts, those that are not chosen with weight zero. With {@code use_sparse_mixer} the runtime's
 * kernel on the processor computes the same as without.
 */
final class MixtureOfExperts {
  /** The two layers of every expert {@code [E, F, H]} and {@code [E, H, F]} with their biases. */
  private record Experts(Value first, Value firstBias, Value second, Value secondBias) {}

  private MixtureOfExperts() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        new OperatorType("com.microsoft", "MoE"), MixtureOfExperts::floating,
        new OperatorType("com.microsoft", "QMoE"), MixtureOfExperts::quantized);
  }

  private static List<Value> floating(Composite node) {
    if (node.has(6)) {
      throw node.error("a gradient with weights of a third layer is not supported");
    }
    return mixed(
        node,
        new Experts(node.input(2), node.input(3), node.input(4), node.input(5)),
        shares(node, Value.ABSENT, node.attributes().flag("normalize_routing_weights", false)));
  }

  private static List<Value> quantized(Composite node) {
    if (node.has(8)) {
      throw node.error("a gradient with weights of a third layer is not supported");
    }
    Experts experts =
        new Experts(weights(node, 2, 3, 11), node.input(4), weights(node, 5, 6, 12), node.input(7));
    // Without weights of its own the runtime takes the softmax over those chosen alone.
    boolean normalizes =
        !node.has(14) || node.attributes().flag("normalize_routing_weights", false);
    return mixed(node, experts, shares(node, node.input(14), normalizes));
  }

  /** Packed {@code [E, rows, columns / each]}, with a scale a row or a block of columns. */
  private static Value weights(Composite node, int input, int scale, int zero) {
    PackedIntegers packed = PackedIntegers.of(node, "expert_weight_bits");
    ElementType type = node.input(0).type();
    Value integers = node.cast(packed.unpacked(node.input(input)), type);
    long[] sizes = node.sizes(integers);
    Value scales = node.input(scale);
    boolean blocked = scales.rank() == 3;
    long blocks = blocked ? node.sizes(scales)[2] : 1;
    Value zeros = node.scalarLike(scales, packed.middle());
    if (node.has(zero)) {
      Value unpacked = packed.unpacked(node.input(zero));
      int last = unpacked.rank() - 1;
      Value whole = node.slice(unpacked, last, 0, blocked ? blocks : sizes[1]);
      zeros = node.reshape(node.cast(whole, type), sizes[0], sizes[1], blocks, 1);
    }
    Value parted = node.reshape(integers, sizes[0], sizes[1], blocks, sizes[2] / blocks);
    Value column = node.reshape(scales, sizes[0], sizes[1], blocks, 1);
    return node.reshape(node.multiply(node.subtract(parted, zeros), column), sizes);
  }

  private static List<Value> mixed(Composite node, Experts experts, Value shares) {
    long[] sizes = node.sizes(node.input(0));
    long width = sizes[sizes.length - 1];
    Value tokens = node.reshape(node.input(0), 1, -1, width);
    Value hidden = node.multiplyTransposed(tokens, experts.first()); // [E, tokens, F]
    hidden = activated(node, biased(node, hidden, experts.firstBias()));
    Value given = node.multiplyTransposed(hidden, experts.second());
    given = biased(node, given, experts.secondBias());
    Value column = node.unsqueeze(node.transpose(shares, 1, 0), 2);
    return List.of(node.reshape(node.reduceSum(node.multiply(given, column), false, 0), sizes));
  }

  private static Value biased(Composite node, Value x, Value bias) {
    return bias.isPresent() ? node.add(x, node.unsqueeze(bias, 1)) : x;
  }

  /** The weight of each expert for each token {@code [tokens, E]}, zero for those not chosen. */
  private static Value shares(Composite node, Value mixing, boolean normalizes) {
    Value probabilities = node.apply("Softmax", Attributes.of("axis", -1), node.input(1));
    List<Value> best =
        node.apply(
            OperatorType.of("TopK"),
            2,
            Attributes.of("axis", -1),
            List.of(probabilities, node.integers(node.attributes().integer("k", 1))));
    Attributes last = Attributes.of("axis", -1);
    Value weights =
        mixing.isPresent() ? node.apply("GatherElements", last, mixing, best.get(1)) : best.get(0);
    if (normalizes) {
      weights = node.divide(weights, node.reduceSum(weights, true, -1));
    }
    Value none = node.expand(node.scalarLike(probabilities, 0), node.sizes(probabilities));
    return node.apply("ScatterElements", last, none, best.get(1), weights);
  }

  private static Value activated(Composite node, Value x) {
    String activation = node.attributes().text("activation_type", "relu");
    return switch (activation) {
      case "relu" -> node.apply("Relu", x);
      case "gelu" -> node.apply("Gelu", Attributes.of("approximate", "tanh"), x);
      case "silu" -> node.multiply(x, node.sigmoid(x));
      case "identity" -> x;
      case "swiglu" -> gated(node, x);
      default ->
          throw node.error(
              "activation_type should be relu, gelu, silu, swiglu or identity, found \""
                  + activation
                  + '"');
    };
  }

  /** Gates and what they gate stand in turn: {@code g sigmoid(alpha g) (x + beta)}. */
  private static Value gated(Composite node, Value x) {
    if (node.attributes().integer("swiglu_fusion", 0) != 1) {
      throw node.error("a gradient of swiglu needs swiglu_fusion 1, as the runtime does");
    }
    long[] sizes = node.sizes(x);
    Value pairs = node.reshape(x, sizes[0], sizes[1], sizes[2] / 2, 2);
    List<Value> parts = node.split(pairs, 3, 1, 1);
    Value gate = node.squeeze(parts.get(0), 3);
    Value linear = node.squeeze(parts.get(1), 3);
    if (node.attributes().has("swiglu_limit")) {
      double limit = node.attributes().real("swiglu_limit", 0);
      gate = node.apply("Min", gate, node.scalarLike(gate, limit));
      linear =
          node.apply(
              "Clip", linear, node.scalarLike(linear, -limit), node.scalarLike(linear, limit));
    }
    double alpha = node.attributes().real("activation_alpha", 1);
    Value swish = node.multiply(gate, node.sigmoid(node.multiply(gate, alpha)));
    return node.multiply(swish, node.add(linear, node.attributes().real("activation_beta", 0)));
  }
}
