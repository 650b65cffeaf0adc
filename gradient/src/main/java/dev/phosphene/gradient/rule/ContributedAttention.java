package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** Gradients of the attention operators of ONNX Runtime's own domain. */
final class ContributedAttention {
  private ContributedAttention() {}

  static List<GradientEntry> entries() {
    return List.of(
        Contributed.decomposed("Attention", projected()),
        Contributed.decomposed("MultiHeadAttention", multiHead()),
        Contributed.decomposed("GroupQueryAttention", grouped()));
  }

  private static GradientCase form(String operator, Attributes attributes, Input... inputs) {
    return Contributed.of(operator, inputs).with(attributes);
  }

  private static List<GradientCase> projected() {
    Input x = random(2, 3, 4);
    Input weights = random(4, 12);
    Input bias = random(12);
    Attributes heads = Attributes.of("num_heads", 2);
    String name = "Attention";
    // Without bias the runtime's kernel reads beyond its inputs, so there is no such case.
    return List.of(
        form(name, heads, x, weights, bias),
        form(name, heads.with("scale", 0.3), x, weights, bias),
        form(name, heads.with("unidirectional", 1), x, weights, bias),
        form(
            name,
            heads.with("qkv_hidden_sizes", new long[] {4, 4, 6}),
            x,
            random(4, 14),
            random(14)),
        form(name, heads, x, weights, bias, integers(new long[] {3, 2}, 2)).named("mask [N]"),
        form(name, heads, x, weights, bias, integers(new long[] {1, 1, 0, 1, 0, 1}, 2, 3))
            .named("mask [N, S]"),
        form(
                name,
                heads.with("mask_filter_value", -3.0),
                x,
                weights,
                bias,
                integers(
                    new long[] {1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1}, 2, 3, 3))
            .named("mask [N, L, S], mask_filter_value"),
        form(name, heads, x, weights, bias, absent(), absent(), random(2, 2, 3, 3))
            .named("attention bias"),
        form(name, heads, x, weights, bias, absent(), random(2, 2, 2, 2, 2))
            .outputs(2, 0)
            .named("keys and values before"),
        form(name, heads, x, weights, bias, absent(), random(2, 2, 2, 2, 2))
            .outputs(2, 1)
            .named("through keys and values"),
        form(
                name,
                heads.with("scale", 0.3).with("unidirectional", 1).with("mask_filter_value", -3.0),
                x,
                weights,
                bias,
                integers(new long[] {1, 1, 1, 0, 1, 1, 1, 0, 1, 1}, 2, 5),
                random(2, 2, 2, 2, 2))
            .outputs(2, 0)
            .named("scale, causal, mask and past"),
        form(
                name,
                heads
                    .with("scale", 0.3)
                    .with("unidirectional", 1)
                    .with("mask_filter_value", -3.0)
                    .with("qkv_hidden_sizes", new long[] {4, 4, 6}),
                x,
                random(4, 14),
                random(14),
                integers(new long[] {1, 1, 0, 1, 0, 1}, 2, 3),
                absent(),
                random(2, 2, 3, 3))
            .named("qkv_hidden_sizes, scale, causal, mask, attention bias"));
  }

  private static List<GradientCase> multiHead() {
    String name = "MultiHeadAttention";
    Attributes heads = Attributes.of("num_heads", 2);
    Input query = random(2, 3, 4);
    Input key = random(2, 5, 4);
    Input value = random(2, 5, 6);
    return List.of(
        form(name, heads, query, key, value),
        form(name, heads.with("scale", 0.3), query, key, value),
        form(name, heads.with("unidirectional", 1), query, random(2, 3, 4), random(2, 3, 4)),
        form(name, heads, query, key, value, random(14)).named("bias"),
        form(name, heads, query, random(2, 2, 5, 2), random(2, 2, 5, 2))
            .named("keys and values with heads apart"),
        form(
                name,
                heads,
                query,
                key,
                value,
                absent(),
                integers(new long[] {1, 1, 0, 1, 0, 1, 0, 1, 1, 1}, 2, 5))
            .named("mask [N, S]"),
        form(name, heads, query, key, value, absent(), absent(), random(1, 2, 3, 5))
            .named("attention bias"),
        form(
                name,
                heads,
                query,
                random(2, 3, 4),
                random(2, 3, 4),
                absent(),
                absent(),
                absent(),
                random(2, 2, 2, 2),
                random(2, 2, 2, 2))
            .outputs(3, 0)
            .named("keys and values before"),
        whole(heads).outputs(3, 0).named("all of them"),
        whole(heads).outputs(3, 1).named("all of them, through the keys"),
        whole(heads).outputs(3, 2).named("all of them, through the values"));
  }

  /** Scale, causal, bias, masks and past together. */
  private static GradientCase whole(Attributes heads) {
    return form(
        "MultiHeadAttention",
        heads.with("scale", 0.3).with("unidirectional", 1).with("mask_filter_value", -3.0),
        random(2, 3, 4),
        random(2, 3, 4),
        random(2, 3, 4),
        random(12),
        integers(new long[] {1, 1, 1, 0, 1, 1, 1, 0, 1, 1}, 2, 5),
        random(2, 2, 3, 5),
        random(2, 2, 2, 2),
        random(2, 2, 2, 2));
  }

  private static List<GradientCase> grouped() {
    String name = "GroupQueryAttention";
    Attributes heads = Attributes.of("num_heads", 4, "kv_num_heads", 2);
    return List.of(
        group(name, heads, random(2, 3, 32), random(2, 3, 16), random(2, 3, 16)),
        group(name, heads.with("scale", 0.3), random(2, 3, 32), random(2, 3, 16), random(2, 3, 16)),
        group(
            name, heads.with("softcap", 1.5), random(2, 3, 32), random(2, 3, 16), random(2, 3, 16)),
        group(
            name,
            heads.with("local_window_size", 2),
            random(2, 3, 32),
            random(2, 3, 16),
            random(2, 3, 16)),
        group(name, heads, random(2, 3, 64), absent(), absent()).named("packed"),
        group(
            name,
            heads.with("do_rotary", 1),
            random(2, 3, 64),
            random(2, 3, 32),
            random(2, 3, 32),
            fixed(caches(0)),
            fixed(caches(1))),
        group(
            name,
            heads.with("do_rotary", 1).with("rotary_interleaved", 1),
            random(2, 3, 64),
            random(2, 3, 32),
            random(2, 3, 32),
            fixed(caches(0)),
            fixed(caches(1))),
        group(
            name,
            heads
                .with("do_rotary", 1)
                .with("rotary_interleaved", 1)
                .with("scale", 0.3)
                .with("softcap", 1.5)
                .with("local_window_size", 2),
            random(2, 3, 128),
            absent(),
            absent(),
            fixed(caches(0)),
            fixed(caches(1)),
            fixed(Tensor.of(new long[] {1, 0, 3, 2, 2, 4}, 2, 3)),
            random(1, 4, 3, 3)),
        group(name, heads, random(2, 3, 32), random(2, 3, 16), random(2, 3, 16))
            .outputs(3, 1)
            .named("through the keys"),
        group(name, heads, random(2, 3, 32), random(2, 3, 16), random(2, 3, 16))
            .outputs(3, 2)
            .named("through the values"));
  }

  /** With the lengths that say that nothing came before. */
  private static GradientCase group(
      String name, Attributes attributes, Input query, Input key, Input value, Input... caches) {
    Input[] inputs =
        Arrays.copyOf(
            new Input[] {
              query,
              key,
              value,
              absent(),
              absent(),
              integers(new long[] {2, 2}, 2),
              fixed(Tensor.converted(ElementType.INT32, new long[] {3})),
            },
            7 + caches.length);
    System.arraycopy(caches, 0, inputs, 7, caches.length);
    return form(name, attributes, inputs).outputs(3, 0);
  }

  /** Cosines or sines of eight angles at five positions. */
  private static Tensor caches(int shift) {
    double[] elements = new double[5 * 8];
    for (int i = 0; i < elements.length; i++) {
      double angle = Math.floorDiv(i, 8) / Math.pow(10, (i % 8) / 8.0);
      elements[i] = shift == 0 ? Math.cos(angle) : Math.sin(angle);
    }
    return Tensor.converted(ElementType.FLOAT32, elements, 5, 8);
  }

  private static Input integers(long[] elements, long... sizes) {
    return fixed(Tensor.converted(ElementType.INT32, elements, sizes));
  }

  private static Input random(long... sizes) {
    return smallSteps(-1, 1, sizes);
  }
}
