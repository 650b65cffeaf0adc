package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Operators of ONNX Runtime's own domain that its optimizer leaves in saved models. */
final class Microsoft {
  private static final String DOMAIN = "com.microsoft";
  private static final ShapeInference SAME = node -> node.output(0, node.type(0), node.shape(0));

  private Microsoft() {}

  static List<OperatorSpec> specs() {
    return List.of(
        spec("Gelu", SAME),
        spec("FastGelu", SAME),
        spec("QuickGelu", SAME),
        spec("BiasGelu", SAME),
        spec("FusedConv", node -> Convolution.convolve(node, 1, node.type(0))),
        spec("SkipLayerNormalization", Microsoft::skipNormalization),
        spec("SkipSimplifiedLayerNormalization", Microsoft::skipNormalization),
        spec("EmbedLayerNormalization", node -> embed(node, node.type(2))),
        spec("FusedGemm", MatrixProduct::gemm),
        spec("FusedMatMul", Microsoft::multiply),
        spec("TransposeMatMul", Microsoft::multiply),
        spec("RotaryEmbedding", SAME),
        spec("Attention", node -> attend(node, node.type(0))),
        spec("MultiHeadAttention", Microsoft::attendWithHeads),
        spec("GroupQueryAttention", Microsoft::attendInGroups));
  }

  static OperatorSpec spec(String name, ShapeInference inference) {
    return new OperatorSpec(new OperatorType(DOMAIN, name), 1, inference, null);
  }

  /** The fourth output is the sum of the inputs before it is normalized. */
  private static void skipNormalization(Inference node) {
    node.output(0, node.type(0), node.shape(0));
    node.output(3, node.type(0), node.shape(0));
  }

  /** Words {@code [N, L]} and a table {@code [words, D]} give {@code [N, L, D]}. */
  static void embed(Inference node, ElementType type) {
    Shape words = node.shape(0);
    Shape table = node.shape(2);
    Axes.requireRank(node, "the words", words, 2);
    Axes.requireRank(node, "the embeddings", table, 2);
    Shape shape = Shape.unknown();
    if (words.isRankKnown() && table.isRankKnown()) {
      List<Dimension> sizes = new ArrayList<>(words.dimensions());
      sizes.add(table.dimension(-1));
      shape = Shape.of(sizes);
    }
    node.output(0, type, shape);
    node.output(
        1,
        ElementType.INT32,
        words.isRankKnown() ? Shape.of(List.of(words.dimension(0))) : Shape.unknown());
    node.output(2, type, shape);
  }

  private static void multiply(Inference node) {
    Shape a = arranged(node, node.shape(0), "transBatchA", "transA");
    Shape b = arranged(node, node.shape(1), "transBatchB", "transB");
    node.output(0, node.type(0), MatrixProduct.product(node, a, b));
  }

  static Shape arranged(Inference node, Shape shape, String batch, String last) {
    if (!shape.isRankKnown() || shape.rank() < 2) {
      return shape;
    }
    List<Dimension> sizes = new ArrayList<>(shape.dimensions());
    if (node.attributes().flag(batch, false)) {
      Dimension rows = sizes.remove(0);
      sizes.add(sizes.size() - 1, rows);
    }
    if (node.attributes().flag(last, false)) {
      Collections.swap(sizes, sizes.size() - 1, sizes.size() - 2);
    }
    return Shape.of(sizes);
  }

  /** Input {@code [N, L, D]} gives {@code [N, L, D of values]}. */
  static void attend(Inference node, ElementType type) {
    Shape input = node.shape(0);
    Axes.requireRank(node, "the input", input, 3);
    Shape weights = node.shape(1);
    Axes.requireRank(node, "the weights", weights, 2);
    Dimension width = Dimension.unknown();
    Optional<long[]> widths = node.attributes().integers("qkv_hidden_sizes");
    if (widths.isPresent()) {
      if (widths.get().length != 3 || Arrays.stream(widths.get()).anyMatch(size -> size < 0)) {
        throw node.error(
            "qkv_hidden_sizes should be three sizes, found " + Axes.text(widths.get()));
      }
      width = Dimension.of(widths.get()[2]);
    } else if (weights.isRankKnown() && weights.dimension(-1).isKnown()) {
      width = Dimension.of(weights.size(-1) / 3);
    }
    node.output(0, type, input.isRankKnown() ? input.with(2, width) : Shape.ofRank(3));
    node.output(1, type, Shape.ofRank(5));
  }

  private static void attendWithHeads(Inference node) {
    Shape query = node.shape(0);
    Shape value = node.shape(2);
    Shape shape = Shape.ofRank(3);
    if (query.isRankKnown() && query.rank() == 3) {
      shape = query;
      if (value.isRankKnown() && (value.rank() == 3 || value.rank() == 4)) {
        shape = query.with(2, value.rank() == 4 ? folded(value) : value.dimension(-1));
      }
    }
    node.output(0, node.type(0), shape);
    for (int i = 1; i < 4; i++) {
      node.output(i, node.type(0), Shape.ofRank(4));
    }
  }

  private static Dimension folded(Shape heads) {
    return heads.dimension(1).isKnown()
        ? Axes.times(heads.dimension(3), heads.size(1))
        : Dimension.unknown();
  }

  /** Queries {@code [N, L, heads * E]}, with keys and values packed behind where those are not. */
  private static void attendInGroups(Inference node) {
    Shape query = node.shape(0);
    Axes.requireRank(node, "the queries", query, 3);
    long heads = node.attributes().integer("num_heads", 0);
    long few = node.attributes().integer("kv_num_heads", 0);
    if (heads < 1 || few < 1 || few > heads || heads % few != 0) {
      throw node.error("num_heads %d does not divide by kv_num_heads %d".formatted(heads, few));
    }
    Shape shape = query;
    if (query.isRankKnown() && !node.has(1)) {
      Dimension packed = query.dimension(2);
      shape =
          query.with(
              2,
              packed.isKnown()
                  ? Dimension.of(
                      packed.size() / Math.addExact(heads, Math.multiplyExact(2, few)) * heads)
                  : Dimension.unknown());
    }
    node.output(0, node.type(0), shape);
    for (int i = 1; i < 4; i++) {
      node.output(i, node.type(0), Shape.ofRank(4));
    }
  }
}
