package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/** Gradients of rotary position embeddings, of both domains. */
final class RotaryEmbeddings {
  private RotaryEmbeddings() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("RotaryEmbedding", DecomposedRule.of("RotaryEmbedding"), standard()),
        Contributed.decomposed("RotaryEmbedding", contributed()));
  }

  private static Input positions() {
    return fixed(Tensor.of(new long[] {3, 0, 1, 2, 2, 4}, 2, 3));
  }

  private static List<GradientCase> standard() {
    String name = "RotaryEmbedding";
    GradientCase heads =
        GradientCase.of(name, random(2, 2, 3, 4), random(5, 2), random(5, 2), positions());
    GradientCase folded =
        GradientCase.of(name, random(2, 3, 8), random(5, 2), random(5, 2), positions());
    GradientCase part =
        GradientCase.of(name, random(2, 2, 3, 6), random(5, 2), random(5, 2), positions());
    return List.of(
        heads.named("four axes"),
        heads.with("interleaved", 1),
        folded.with("num_heads", 2),
        folded.with("num_heads", 2, "interleaved", 1),
        part.with("rotary_embedding_dim", 4),
        part.with("rotary_embedding_dim", 4, "interleaved", 1),
        GradientCase.of(name, random(2, 2, 3, 4), random(2, 3, 2), random(2, 3, 2))
            .named("caches by position"),
        GradientCase.of(name, random(2, 3, 12), random(2, 3, 2), random(2, 3, 2))
            .with("num_heads", 2, "rotary_embedding_dim", 4, "interleaved", 1)
            .named("three axes, caches by position, a part turned, interleaved"));
  }

  private static List<GradientCase> contributed() {
    String name = "RotaryEmbedding";
    GradientCase heads =
        Contributed.of(name, random(2, 2, 3, 4), positions(), random(5, 2), random(5, 2));
    GradientCase folded =
        Contributed.of(name, random(2, 3, 8), positions(), random(5, 2), random(5, 2));
    return List.of(
        heads.named("four axes"),
        folded.named("three axes"),
        folded.with("interleaved", 1),
        Contributed.of(name, random(2, 3, 12), fixed(Tensor.vector(1)), random(5, 2), random(5, 2))
            .with("num_heads", 2, "rotary_embedding_dim", 4)
            .named("first position given, a part turned"),
        Contributed.of(name, random(2, 3, 12), positions(), random(5, 2), random(5, 2))
            .with("num_heads", 2, "rotary_embedding_dim", 4, "interleaved", 1));
  }
}
