package dev.phosphene.graph.operator;

import static dev.phosphene.graph.operator.Microsoft.spec;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** Mixtures of experts, linear attention and causal convolution of ONNX Runtime's own domain. */
final class MicrosoftSequences {
  private MicrosoftSequences() {}

  static List<OperatorSpec> specs() {
    return List.of(
        spec("MoE", MicrosoftSequences::mix),
        spec("QMoE", MicrosoftSequences::mixQuantized),
        spec("LinearAttention", MicrosoftSequences::attend),
        spec("CausalConvWithState", MicrosoftSequences::convolve));
  }

  /** The specification lets the scales be left out, and the runtime's kernel crashes then. */
  private static void mixQuantized(Inference node) {
    if (!node.has(3) || !node.has(6)) {
      throw node.error("expected fc1_scales and fc2_scales at positions 3 and 6, one is not there");
    }
    mix(node);
  }

  private static void mix(Inference node) {
    Axes.requireRank(node, "the scores of experts", node.shape(1), 2);
    long chosen = node.attributes().integer("k", 1);
    Shape scores = node.shape(1);
    boolean known = scores.isRankKnown() && scores.dimension(1).isKnown();
    if (chosen < 1 || (known && chosen > scores.size(1))) {
      throw node.error(
          "k should choose some of the experts %s, found %d".formatted(scores, chosen));
    }
    node.output(0, node.type(0), node.shape(0));
  }

  /**
   * Queries {@code [B, T, heads * E]}, values {@code [B, T, few * F]}: {@code [B, T, heads * F]}.
   */
  private static void attend(Inference node) {
    Shape query = node.shape(0);
    Shape value = node.shape(2);
    Axes.requireRank(node, "the queries", query, 3);
    Axes.requireRank(node, "the keys", node.shape(1), 3);
    Axes.requireRank(node, "the values", value, 3);
    long heads = node.attributes().integer("q_num_heads", 0);
    long few = node.attributes().integer("kv_num_heads", 0);
    if (heads < 1 || few < 1) {
      throw node.error(
          "q_num_heads and kv_num_heads should be at least 1, found %d and %d"
              .formatted(heads, few));
    }
    Dimension width = Dimension.unknown();
    if (value.isRankKnown() && value.dimension(2).isKnown()) {
      width = Dimension.of(Math.multiplyExact(value.size(2) / few, Math.max(heads, few)));
    }
    node.output(0, node.type(0), query.isRankKnown() ? query.with(2, width) : Shape.ofRank(3));
    node.output(1, node.type(0), Shape.ofRank(4));
  }

  private static void convolve(Inference node) {
    Shape input = node.shape(0);
    Axes.requireRankFrom(node, "the input", input, 3);
    Axes.requireRankFrom(node, "the weights", node.shape(1), 3);
    node.output(0, node.type(0), input);
    node.output(1, node.type(0), Shape.unknown());
  }
}
