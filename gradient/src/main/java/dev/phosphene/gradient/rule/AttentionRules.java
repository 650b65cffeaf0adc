package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Gradients of scaled dot-product attention, of the standard domain. */
final class AttentionRules {
  private static final String NAME = "Attention";

  private AttentionRules() {}

  static List<GradientEntry> entries() {
    return List.of(GradientEntry.of(NAME, DecomposedRule.of(NAME), cases()));
  }

  private static List<GradientCase> cases() {
    Input query = random(2, 2, 3, 4);
    Input key = random(2, 2, 5, 4);
    Input value = random(2, 2, 5, 3);
    GradientCase plain = GradientCase.of(NAME, query, key, value);
    List<GradientCase> cases = new ArrayList<>();
    cases.add(plain.named("four axes"));
    cases.add(plain.with("scale", 0.3));
    cases.add(plain.with("softcap", 1.5));
    cases.add(plain.with("is_causal", 1));
    cases.add(
        GradientCase.of(NAME, random(2, 3, 8), random(2, 5, 8), random(2, 5, 6))
            .with("q_num_heads", 2, "kv_num_heads", 2)
            .named("three axes"));
    cases.add(
        GradientCase.of(NAME, random(1, 3, 16), random(1, 5, 8), random(1, 5, 6))
            .with("q_num_heads", 4, "kv_num_heads", 2)
            .named("four heads share two of keys"));
    cases.add(
        GradientCase.of(NAME, random(1, 3, 3, 2), random(1, 1, 4, 2), random(1, 1, 4, 2))
            .named("all heads share one of keys"));
    cases.addAll(masks(query, key, value));
    cases.addAll(pasts());
    cases.add(plain.with("softmax_precision", 11));
    Attributes shared = Attributes.of("q_num_heads", 4, "kv_num_heads", 2, "scale", 0.3);
    Input[] folded = {random(1, 3, 16), random(1, 5, 8), random(1, 5, 6)};
    Input[] past = {absent(), random(1, 2, 2, 4), random(1, 2, 2, 3)};
    Input[] masked = {random(4, 3, 7), past[1], past[2]};
    cases.add(
        GradientCase.of(NAME, joined(folded, masked))
            .with(shared.with("softcap", 1.5))
            .outputs(3, 0)
            .named("three axes, heads shared, scale, softcap, mask, past"));
    cases.add(
        GradientCase.of(NAME, joined(folded, past))
            .with(shared.with("softcap", 1.5).with("is_causal", 1).with("softmax_precision", 11))
            .outputs(3, 0)
            .named("three axes, heads shared, scale, softcap, causal, past, softmax_precision"));
    for (int mode = 0; mode <= 3; mode++) {
      // Where mode 2 gives scores of keys that are not seen, they are infinite.
      cases.add(
          GradientCase.of(NAME, joined(folded, past))
              .with(shared.with("is_causal", mode == 2 ? 0 : 1).with("qk_matmul_output_mode", mode))
              .outputs(4, 3)
              .named("scores of three axes, causal, past, mode " + mode));
      cases.add(
          GradientCase.of(NAME, joined(folded, past))
              .with(shared.with("is_causal", 1).with("qk_matmul_output_mode", mode))
              .outputs(4, 0)
              .named("output beside scores, causal, past, mode " + mode));
      cases.add(
          GradientCase.of(NAME, joined(folded, masked))
              .with(shared.with("softcap", 1.5).with("qk_matmul_output_mode", mode))
              .outputs(4, 0)
              .named("output beside scores, mask, past, softcap, mode " + mode));
      cases.add(
          GradientCase.of(NAME, query, key, value, random(3, 5))
              .with("qk_matmul_output_mode", mode, "softcap", 1.5)
              .outputs(4, 3)
              .named("scores, mode " + mode));
    }
    return cases;
  }

  private static List<GradientCase> masks(Input query, Input key, Input value) {
    return List.of(
        GradientCase.of(NAME, query, key, value, random(3, 5)).named("additive mask [L, S]"),
        GradientCase.of(NAME, query, key, value, random(2, 1, 3, 5)).named("mask of each batch"),
        GradientCase.of(NAME, query, key, value, random(2, 2, 3, 5)).named("mask of each head"),
        GradientCase.of(NAME, query, key, value, fixed(truths(3, 5))).named("boolean mask"),
        GradientCase.of(NAME, query, key, value, fixed(truths(3, 5)))
            .with("is_causal", 1, "softcap", 2.0)
            .named("boolean mask, causal, capped"),
        GradientCase.of(NAME, query, key, value, absent(), absent(), absent(), integers(3, 5))
            .named("lengths of keys"));
  }

  private static List<GradientCase> pasts() {
    GradientCase past =
        GradientCase.of(
            NAME,
            random(1, 2, 2, 3),
            random(1, 2, 2, 3),
            random(1, 2, 2, 4),
            absent(),
            random(1, 2, 3, 3),
            random(1, 2, 3, 4));
    return List.of(
        past.outputs(3, 0).named("keys and values before"),
        past.with("is_causal", 1).outputs(3, 0).named("keys and values before, causal"),
        past.outputs(3, 1).named("through the keys"),
        past.outputs(3, 2).named("through the values"));
  }

  private static Input[] joined(Input[] first, Input[] second) {
    return Stream.concat(Stream.of(first), Stream.of(second)).toArray(Input[]::new);
  }

  /** True with gaps; the first column is always true, so that each row has an entry. */
  private static Tensor truths(int rows, int columns) {
    long[] elements = new long[rows * columns];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i % columns == 0 || i % 3 == 1 ? 1 : 0;
    }
    return Tensor.converted(ElementType.BOOL, elements, rows, columns);
  }

  private static Input random(long... sizes) {
    return smallSteps(-1, 1, sizes);
  }
}
