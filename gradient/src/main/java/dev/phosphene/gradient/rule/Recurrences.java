package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attribute;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of RNN, GRU and LSTM through their steps, in all forms of the operators. */
final class Recurrences {
  private static final long HIDDEN = 3;
  private static final long BATCH = 2;
  private static final long STEPS = 3;
  private static final long FEATURES = 2;

  /** More steps than the decomposition unrolls. */
  private static final long LOOPED_STEPS = 33;

  private Recurrences() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("RNN", DecomposedRule.of("RNN"), withLoops(cases("RNN", 1))),
        GradientEntry.of("GRU", DecomposedRule.of("GRU"), withLoops(gated())),
        GradientEntry.of("LSTM", DecomposedRule.of("LSTM"), withLoops(memories())));
  }

  /**
   * Over few and over many steps; but with activations only over few, as they make no difference,
   * and with bounds, which some of many steps would come too near to.
   */
  private static List<GradientCase> withLoops(List<GradientCase> cases) {
    List<GradientCase> all = new ArrayList<>(cases);
    for (GradientCase each : cases) {
      if (!each.attributes().has("activations") && !each.attributes().has("clip")) {
        List<Input> inputs = new ArrayList<>(each.inputs());
        inputs.set(0, smallSteps(-1, 1, LOOPED_STEPS, BATCH, FEATURES));
        if (inputs.size() > 4 && inputs.get(4) instanceof Input.Fixed) {
          boolean isWhole = each.name().endsWith("whole");
          long[] lengths = {LOOPED_STEPS - (isWhole ? 0 : 20), LOOPED_STEPS};
          inputs.set(4, fixed(Tensor.converted(ElementType.INT32, lengths, BATCH)));
        }
        all.add(
            new GradientCase(
                each.name() + ", many steps",
                each.type(),
                each.attributes(),
                inputs,
                each.outputs(),
                each.checkedOutput()));
      }
    }
    return all;
  }

  /** What the three operators have in common. */
  private static List<GradientCase> cases(String operator, long gates) {
    int outputs = gates == 4 ? 3 : 2;
    List<GradientCase> cases = new ArrayList<>();
    for (String direction : List.of("forward", "reverse", "bidirectional")) {
      long directions = direction.equals("bidirectional") ? 2 : 1;
      for (int output = 0; output < outputs; output++) {
        cases.add(
            form(operator, gates, directions, absent(), true, "direction", direction)
                .outputs(outputs, output)
                .named(direction + ", output " + output));
        cases.add(
            form(operator, gates, directions, lengths(), true, "direction", direction)
                .outputs(outputs, output)
                .named(direction + ", sequence_lens, output " + output));
      }
    }
    GradientCase bare =
        GradientCase.of(
            operator,
            smallSteps(-1, 1, STEPS, BATCH, FEATURES),
            weights(1, gates * HIDDEN, FEATURES),
            weights(1, gates * HIDDEN, HIDDEN));
    cases.add(bare.with("hidden_size", HIDDEN).named("without bias and initial states"));

    for (String direction : List.of("reverse", "bidirectional")) {
      cases.add(
          form(
                  operator,
                  gates,
                  direction.equals("reverse") ? 1 : 2,
                  lengths(),
                  true,
                  "direction",
                  direction,
                  "clip",
                  0.6f)
              .named(direction + ", sequence_lens, clip 0.6"));
    }
    cases.add(
        form(operator, gates, 1, whole(), true)
            .outputs(outputs, 1)
            .named("sequence_lens all whole"));
    cases.add(form(operator, gates, 1, absent(), true, "clip", 0.6f).named("clip 0.6"));
    cases.addAll(activations(operator, gates));
    return cases;
  }

  /** Every activation once; those with parameters by default and given. */
  private static List<GradientCase> activations(String operator, long gates) {
    int count = gates == 1 ? 1 : gates == 3 ? 2 : 3;
    List<GradientCase> cases = new ArrayList<>();
    for (String name : List.of("Relu", "Tanh", "Sigmoid", "Softsign", "Softplus")) {
      cases.add(withActivations(operator, gates, names(name, count)).named(name));
    }
    for (String name :
        List.of("Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu")) {
      cases.add(
          withActivations(
                  operator,
                  gates,
                  names(name, count)
                      .with(
                          "activation_alpha",
                          // Below all sums, as this activation jumps at alpha.
                          reals(count, name.equals("ThresholdedRelu") ? -9 : 0.3f))
                      .with("activation_beta", reals(count, 0.6f)))
              .named(name));
    }
    if (gates > 1) {
      cases.add(
          withActivations(
                  operator,
                  gates,
                  Attributes.of(
                      "activations",
                      count == 2
                          ? texts("HardSigmoid", "Elu")
                          : texts("HardSigmoid", "ScaledTanh", "Elu"),
                      "activation_alpha",
                      reals(count, 0.3f),
                      "activation_beta",
                      reals(count - 1, 0.6f)))
              .named("several with parameters"));
      // Not for RNN: the runtime takes parameters that are not given as zero there.
      cases.add(defaults(operator, gates, count));
    }
    return cases;
  }

  private static GradientCase defaults(String operator, long gates, int count) {
    return withActivations(
            operator,
            gates,
            names("HardSigmoid", count)
                .with(
                    "activations",
                    count == 2
                        ? texts("HardSigmoid", "LeakyRelu")
                        : texts("HardSigmoid", "LeakyRelu", "Elu")))
        .named("parameters by default");
  }

  private static Attribute.Texts texts(String... names) {
    return new Attribute.Texts(List.of(names));
  }

  /** The activation of RNN, or of the candidate of GRU and LSTM. */
  private static Attributes names(String name, int count) {
    return Attributes.of(
        "activations",
        count == 1
            ? texts(name)
            : count == 2 ? texts("Sigmoid", name) : texts("Sigmoid", name, "Tanh"));
  }

  private static float[] reals(int count, float first) {
    float[] reals = new float[count];
    for (int i = 0; i < count; i++) {
      reals[i] = first + 0.1f * i;
    }
    return reals;
  }

  private static GradientCase withActivations(String operator, long gates, Attributes activations) {
    GradientCase plain = form(operator, gates, 1, absent(), true);
    Attributes attributes = activations.with("hidden_size", HIDDEN);
    return new GradientCase("", plain.type(), attributes, plain.inputs(), 1, 0);
  }

  private static List<GradientCase> gated() {
    List<GradientCase> cases = new ArrayList<>(cases("GRU", 3));
    cases.add(
        form("GRU", 3, 1, absent(), true, "linear_before_reset", 1).named("linear_before_reset"));
    cases.add(
        form("GRU", 3, 2, lengths(), true, "linear_before_reset", 1, "direction", "bidirectional")
            .outputs(2, 0)
            .named("linear_before_reset, bidirectional, sequence_lens"));
    cases.add(
        form("GRU", 3, 1, absent(), false, "linear_before_reset", 1)
            .named("linear_before_reset, without bias"));
    cases.add(
        form("GRU", 3, 1, absent(), true, "linear_before_reset", 1, "clip", 0.6f)
            .named("linear_before_reset, clip 0.6"));
    return cases;
  }

  private static List<GradientCase> memories() {
    List<GradientCase> cases = new ArrayList<>(cases("LSTM", 4));
    for (String direction : List.of("forward", "reverse", "bidirectional")) {
      long directions = direction.equals("bidirectional") ? 2 : 1;
      cases.add(
          form("LSTM", 4, directions, absent(), true, "direction", direction)
              .outputs(3, 0)
              .named("peepholes, " + direction));
    }
    cases.replaceAll(Recurrences::withPeepholes);
    cases.add(
        form("LSTM", 4, 1, absent(), true, "input_forget", 1).named("input and forget coupled"));
    return cases;
  }

  private static GradientCase withPeepholes(GradientCase plain) {
    if (!plain.name().startsWith("peepholes")) {
      return plain;
    }
    List<Input> inputs = new ArrayList<>(plain.inputs());
    long directions = plain.name().endsWith("bidirectional") ? 2 : 1;
    inputs.add(weights(directions, 3 * HIDDEN));
    return new GradientCase(
        plain.name(), plain.type(), plain.attributes(), inputs, plain.outputs(), 0);
  }

  private static GradientCase form(
      String operator,
      long gates,
      long directions,
      Input lengths,
      boolean bias,
      Object... attributes) {
    List<Input> inputs =
        new ArrayList<>(
            List.of(
                smallSteps(-1, 1, STEPS, BATCH, FEATURES),
                weights(directions, gates * HIDDEN, FEATURES),
                weights(directions, gates * HIDDEN, HIDDEN),
                bias ? weights(directions, 2 * gates * HIDDEN) : absent(),
                lengths,
                smallSteps(-1, 1, directions, BATCH, HIDDEN)));
    if (gates == 4) {
      inputs.add(smallSteps(-1, 1, directions, BATCH, HIDDEN));
    }
    return GradientCase.of(operator, inputs.toArray(Input[]::new))
        .with(Attributes.of(attributes).with("hidden_size", HIDDEN));
  }

  private static Input weights(long... sizes) {
    return smallSteps(-0.8, 0.8, sizes);
  }

  private static Input lengths() {
    return fixed(Tensor.converted(ElementType.INT32, new long[] {2, STEPS}, BATCH));
  }

  private static Input whole() {
    return fixed(Tensor.converted(ElementType.INT32, new long[] {STEPS, STEPS}, BATCH));
  }
}
