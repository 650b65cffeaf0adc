package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.distinct;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.smallSteps;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gradients of mixtures of experts, linear attention and causal convolution. */
final class ContributedSequences {
  private ContributedSequences() {}

  static List<GradientEntry> entries() {
    return List.of(
        Contributed.decomposed("MoE", mixtures()),
        Contributed.decomposed("QMoE", quantized()),
        Contributed.decomposed("LinearAttention", attentions()),
        Contributed.decomposed("CausalConvWithState", convolutions()));
  }

  private static List<GradientCase> mixtures() {
    List<GradientCase> cases = new ArrayList<>();
    Input x = random(3, 4);
    Input scores = distinct(3, 3);
    for (String activation : List.of("relu", "gelu", "silu", "identity")) {
      cases.add(
          Contributed.of(
                  "MoE", x, scores, random(3, 5, 4), random(3, 5), random(3, 4, 5), random(3, 4))
              .with("activation_type", activation, "k", 2));
    }
    Attributes normalized =
        Attributes.of("activation_type", "silu", "k", 2, "normalize_routing_weights", 1);
    cases.add(
        Contributed.of("MoE", x, scores, random(3, 5, 4), absent(), random(3, 4, 5))
            .with(normalized));
    cases.add(
        Contributed.of("MoE", random(1, 3, 4), scores, random(3, 5, 4), absent(), random(3, 4, 5))
            .with("activation_type", "silu", "k", 1)
            .named("one expert, three axes"));
    Attributes gated = Attributes.of("activation_type", "swiglu", "k", 2, "swiglu_fusion", 1);
    Input wide = random(3, 10, 4);
    cases.add(Contributed.of("MoE", x, scores, wide, random(3, 10), random(3, 4, 5)).with(gated));
    cases.add(
        Contributed.of("MoE", x, scores, wide, random(3, 10), random(3, 4, 5))
            .with(
                gated
                    .with("activation_alpha", 1.702)
                    .with("activation_beta", 1.0)
                    .with("swiglu_limit", 20.0)));
    cases.addAll(
        Contributed.of("MoE", x, scores, random(3, 5, 4), random(3, 5), random(3, 4, 5))
            .withEverySelection(
                Attributes.of("k", 2),
                Attributes.of("activation_type", "silu"),
                Attributes.of("normalize_routing_weights", 1)));
    cases.add(
        Contributed.of("MoE", x, scores, random(3, 5, 4), random(3, 5), random(3, 4, 5))
            .with("activation_type", "silu", "k", 2, "use_sparse_mixer", 1));
    cases.add(
        Contributed.of("MoE", x, scores, wide, random(3, 10), random(3, 4, 5))
            .with(gated.with("swiglu_limit", 0.5))
            .named("swiglu beyond its limit"));
    return cases;
  }

  private static List<GradientCase> quantized() {
    List<GradientCase> cases = new ArrayList<>();
    Input x = random(3, 32);
    Input scores = distinct(3, 3);
    for (int bits : new int[] {4, 8}) {
      int each = 8 / bits;
      Attributes attributes =
          Attributes.of("activation_type", "silu", "k", 2, "expert_weight_bits", bits);
      Input first = bytes(3, 16, 32 / each);
      Input second = bytes(3, 32, 16 / each);
      double step = bits == 4 ? 0.02 : 0.001;
      cases.add(
          Contributed.of(
                  "QMoE",
                  x,
                  scores,
                  first,
                  uniform(step, 2 * step, 3, 16),
                  absent(),
                  second,
                  uniform(step, 2 * step, 3, 32),
                  absent())
              .with(attributes)
              .named(bits + " bits"));
      cases.add(
          Contributed.of(
                  "QMoE",
                  x,
                  scores,
                  first,
                  uniform(step, 2 * step, 3, 16, 2),
                  random(3, 16),
                  second,
                  uniform(step, 2 * step, 3, 32, 1),
                  random(3, 32))
              .with(attributes.with("block_size", 16))
              .named(bits + " bits, blocks, bias"));
      cases.add(
          Contributed.of(
                  "QMoE",
                  x,
                  scores,
                  first,
                  uniform(step, 2 * step, 3, 16),
                  absent(),
                  second,
                  uniform(step, 2 * step, 3, 32),
                  absent(),
                  absent(),
                  absent(),
                  absent(),
                  bytes(3, 16 / each),
                  bytes(3, 32 / each))
              .with(attributes)
              .named(bits + " bits, zero points"));
    }
    cases.addAll(quantizedForms());
    return cases;
  }

  private static List<GradientCase> quantizedForms() {
    List<GradientCase> cases = new ArrayList<>();
    GradientCase plain = quantized(16);
    cases.addAll(
        plain.withEverySelection(
            Attributes.of("k", 2),
            Attributes.of("activation_type", "silu"),
            Attributes.of("normalize_routing_weights", 1)));
    Attributes gated = Attributes.of("activation_type", "swiglu", "k", 2, "swiglu_fusion", 1);
    cases.addAll(
        quantized(32)
            .with(gated)
            .withEverySelection(
                Attributes.of("activation_alpha", 1.702, "activation_beta", 1.0),
                Attributes.of("swiglu_limit", 20.0)));
    double[] scales = new double[3 * 32];
    Arrays.fill(scales, 0.03);
    cases.add(
        with(quantized(32), 3, fixed(Tensor.of(scales, 3, 32)))
            .with(gated.with("swiglu_limit", 0.5))
            .named("swiglu beyond its limit"));
    Attributes two = Attributes.of("activation_type", "silu", "k", 2);
    GradientCase weighed = with(plain, 14, smallSteps(0.2, 0.9, 3, 3));
    cases.add(weighed.with(two).named("weights of their own"));
    cases.add(
        weighed
            .with(two.with("normalize_routing_weights", 1))
            .named("weights of their own, normalized"));
    cases.add(plain.with(two.with("use_sparse_mixer", 1)));
    for (int layout = 0; layout < 2; layout++) {
      cases.add(plain.with(two.with("weights_prepacked", layout)));
    }
    return cases;
  }

  /** Of four bits, with {@code rows} rows in the first layer and 16 hidden numbers. */
  private static GradientCase quantized(int rows) {
    return Contributed.of(
        "QMoE",
        random(3, 32),
        distinct(3, 3),
        bytes(3, rows, 16),
        uniform(0.02, 0.04, 3, rows),
        absent(),
        bytes(3, 32, 8),
        uniform(0.02, 0.04, 3, 32));
  }

  /** A case with another input at one position; what it lacks before that is absent. */
  private static GradientCase with(GradientCase plain, int position, Input input) {
    List<Input> inputs = new ArrayList<>(plain.inputs());
    while (inputs.size() <= position) {
      inputs.add(absent());
    }
    inputs.set(position, input);
    return Contributed.of("QMoE", inputs.toArray(Input[]::new));
  }

  private static List<GradientCase> attentions() {
    List<GradientCase> cases = new ArrayList<>();
    Attributes heads = Attributes.of("q_num_heads", 2, "kv_num_heads", 2);
    Input query = random(2, 3, 4);
    Input key = random(2, 3, 4);
    Input value = random(2, 3, 6);
    Input decay = smallSteps(-1, -0.1, 2, 3, 2);
    Input rate = smallSteps(0.1, 0.9, 2, 3, 2);
    Input state = random(2, 2, 2, 3);
    for (int output = 0; output < 2; output++) {
      cases.add(
          attention(output, query, key, value)
              .with(heads.with("update_rule", "linear"))
              .outputs(2, output)
              .named("linear, output " + output));
      cases.add(
          attention(output, query, key, value, state, decay)
              .with(heads.with("update_rule", "gated"))
              .outputs(2, output)
              .named("gated, state, output " + output));
      cases.add(
          attention(output, query, key, value, absent(), absent(), rate)
              .with(heads.with("update_rule", "delta"))
              .outputs(2, output)
              .named("delta, output " + output));
      cases.add(
          attention(output, query, key, value, state, decay, rate)
              .with(heads.with("scale", 0.4))
              .outputs(2, output)
              .named("gated_delta, state, output " + output));
    }
    cases.add(
        attention(0, query, key, value, absent(), smallSteps(-1, -0.1, 2, 3, 4), rate)
            .with(heads)
            .named("a decay for each row of the state"));
    cases.add(
        attention(0, random(2, 3, 8), key, value, absent(), decay, rate)
            .with(heads.with("q_num_heads", 4))
            .named("groups of queries"));
    cases.addAll(
        attention(0, query, key, value, state, decay, rate)
            .with(heads)
            .withEverySelection(
                Attributes.of("chunk_size", 2),
                Attributes.of("update_rule", "linear"),
                Attributes.of("scale", 0.4)));
    return cases;
  }

  /** Through the state, queries have no gradient. */
  private static GradientCase attention(int output, Input... inputs) {
    if (output == 1) {
      inputs[0] = fixed(ramp(2, 3, 4));
    }
    return Contributed.of("LinearAttention", inputs).outputs(2, output);
  }

  private static List<GradientCase> convolutions() {
    List<GradientCase> cases = new ArrayList<>();
    Input x = random(2, 3, 5);
    Input kernel = random(3, 1, 3);
    for (String activation : List.of("none", "silu", "swish")) {
      cases.add(
          Contributed.of("CausalConvWithState", x, kernel, random(3), random(2, 3, 2))
              .with("activation", activation)
              .outputs(2, 0));
    }
    cases.add(Contributed.of("CausalConvWithState", x, kernel).outputs(2, 0));
    cases.add(
        Contributed.of(
                "CausalConvWithState", x, fixed(ramp(3, 1, 3)), fixed(ramp(3)), random(2, 3, 2))
            .with("activation", "silu")
            .outputs(2, 1)
            .named("the state"));
    return cases;
  }

  /** Where an input has no gradient through the output. */
  private static Tensor ramp(long... sizes) {
    double[] elements = new double[(int) Shape.elements(sizes)];
    Arrays.setAll(elements, i -> 0.25 * (i % 7) - 0.5);
    return Tensor.of(elements, sizes);
  }

  private static Input random(long... sizes) {
    return smallSteps(-1, 1, sizes);
  }

  private static Input bytes(long... sizes) {
    long[] elements = new long[(int) Shape.elements(sizes)];
    Arrays.setAll(elements, i -> (i * 89L + 37 + i / 7 * 13L) % 256);
    return fixed(Tensor.converted(ElementType.UINT8, elements, sizes));
  }
}
