package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.GradientRule;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.List;

/** Gradients of ONNX Runtime's own activations, of the domain {@code com.microsoft}. */
final class ContributedActivations {
  private static final String DOMAIN = "com.microsoft";
  private static final double QUICK_GELU_ALPHA = 1.702; // the operator's default

  private ContributedActivations() {}

  static List<GradientEntry> entries() {
    GradientCase.Input x = uniform(-4, 4, 2, 3, 4);
    return List.of(
        entry(
            "Gelu",
            ElementwiseRule.of(
                backward -> SmoothActivations.geluByErf(backward, backward.input(0))),
            plain("Gelu", x)),
        entry(
            "QuickGelu",
            ElementwiseRule.of(
                backward ->
                    SmoothActivations.swish(
                        backward, backward.attributes().real("alpha", QUICK_GELU_ALPHA))),
            plain("QuickGelu", x),
            plain("QuickGelu", x).with("alpha", 1.0)),
        entry(
            "FastGelu",
            biased(SmoothActivations::geluByTanh),
            plain("FastGelu", x),
            plain("FastGelu", x, random(4)).named("with bias")),
        entry("BiasGelu", biased(SmoothActivations::geluByErf), plain("BiasGelu", x, random(4))));
  }

  private static GradientEntry entry(String name, GradientRule rule, GradientCase... cases) {
    return new GradientEntry(new OperatorType(DOMAIN, name), rule, Arrays.asList(cases));
  }

  private static GradientCase plain(String name, GradientCase.Input... inputs) {
    OperatorType type = new OperatorType(DOMAIN, name);
    return new GradientCase("plain", type, Attributes.none(), List.of(inputs), 1, 0);
  }

  /** A derivative written as nodes. */
  @FunctionalInterface
  private interface Derivative {
    Value at(Backward backward, Value x);
  }

  /** The gradient of f(x + bias) at both, the bias being optional. */
  private static GradientRule biased(Derivative derivative) {
    return backward -> {
      Value x = backward.input(0);
      Value sum = backward.has(1) ? backward.add(x, backward.input(1)) : x;
      Value gradient = backward.multiply(backward.gradient(), derivative.at(backward, sum));
      backward.give(0, gradient);
      if (backward.has(1)) {
        backward.give(1, gradient);
      }
    };
  }
}
