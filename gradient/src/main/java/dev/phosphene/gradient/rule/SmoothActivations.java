package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.awayFrom;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.List;

/** Gradients of activations that are smooth everywhere. */
final class SmoothActivations {
  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final double LOG_PI = Math.log(Math.PI);
  private static final double SQRT_TWO_OVER_PI = Math.sqrt(2 / Math.PI);

  /** Weight of the cube in the tanh form of Gelu; Hendrycks and Gimpel, arXiv 1606.08415. */
  private static final double GELU_CUBE = 0.044715;

  private SmoothActivations() {}

  static List<GradientEntry> entries() {
    GradientCase.Input x = uniform(-4, 4, 2, 3, 4);
    return List.of(
        GradientEntry.of(
            "Sigmoid",
            ElementwiseRule.of(SmoothActivations::sigmoid),
            GradientCase.of("Sigmoid", x)),
        GradientEntry.of(
            "Tanh",
            ElementwiseRule.of(
                backward -> backward.subtract(1, backward.square(backward.output()))),
            GradientCase.of("Tanh", random(2, 3, 4))),
        GradientEntry.of(
            "Softplus",
            ElementwiseRule.of(backward -> backward.sigmoid(backward.input(0))),
            GradientCase.of("Softplus", x)),
        GradientEntry.of(
            "Softsign",
            ElementwiseRule.of(SmoothActivations::softsign),
            GradientCase.of("Softsign", awayFrom(List.of(0.0), 2, 3, 4))),
        GradientEntry.of(
            "Mish", ElementwiseRule.of(SmoothActivations::mish), GradientCase.of("Mish", x)),
        GradientEntry.of(
            "Swish",
            ElementwiseRule.of(backward -> swish(backward, backward.attributes().real("alpha", 1))),
            GradientCase.of("Swish", x),
            GradientCase.of("Swish", x).with("alpha", 1.702)),
        GradientEntry.of(
            "Gelu",
            ElementwiseRule.of(SmoothActivations::gelu),
            GradientCase.of("Gelu", x),
            GradientCase.of("Gelu", x).with("approximate", "none"),
            GradientCase.of("Gelu", x).with("approximate", "tanh")));
  }

  private static Value sigmoid(Backward backward) {
    Value y = backward.output();
    return backward.multiply(y, backward.subtract(1, y));
  }

  /** y = x / (1 + |x|), so that 1 / (1 + |x|)^2 = (1 - |y|)^2. */
  private static Value softsign(Backward backward) {
    return backward.square(backward.subtract(1, backward.absolute(backward.output())));
  }

  /** y = x t with t = tanh(softplus(x)): t + x (1 - t^2) sigmoid(x). */
  private static Value mish(Backward backward) {
    Value x = backward.input(0);
    Value t = backward.apply("Tanh", backward.apply("Softplus", x));
    Value slope = backward.multiply(backward.subtract(1, backward.square(t)), backward.sigmoid(x));
    return backward.add(t, backward.multiply(x, slope));
  }

  /** y = x s with s = sigmoid(alpha x): s + alpha y (1 - s). */
  static Value swish(Backward backward, double alpha) {
    Value x = backward.input(0);
    Value s = backward.sigmoid(alpha == 1 ? x : backward.multiply(x, alpha));
    Value y = alpha == 1 ? backward.output() : backward.multiply(backward.output(), alpha);
    return backward.add(s, backward.multiply(y, backward.subtract(1, s)));
  }

  private static Value gelu(Backward backward) {
    return backward.attributes().text("approximate", "none").equals("tanh")
        ? geluByTanh(backward, backward.input(0))
        : geluByErf(backward, backward.input(0));
  }

  /**
   * The normal distribution's cumulative function plus x times its density: with u = x / sqrt(2),
   * (1 + erf(u)) / 2 + u exp(-u^2 - log(sqrt(pi))).
   */
  static Value geluByErf(Backward backward, Value x) {
    Value u = backward.multiply(x, SQRT_HALF);
    Value cumulative = halfOfOneMore(backward, backward.apply("Erf", u));
    Value exponent = backward.subtract(-LOG_PI / 2, backward.square(u));
    return backward.add(cumulative, backward.multiply(u, backward.exponential(exponent)));
  }

  /** (1 + v) / 2 for v from -1 to 1, in float32 in one pass. */
  private static Value halfOfOneMore(Backward backward, Value v) {
    return v.type() == ElementType.FLOAT32
        ? backward.apply("HardSigmoid", Attributes.of("alpha", 0.5, "beta", 0.5), v)
        : backward.multiply(backward.add(v, 1), 0.5);
  }

  /** y = x (1 + t) / 2 with t = tanh(u), u = sqrt(2 / pi) (x + c x^3). */
  static Value geluByTanh(Backward backward, Value x) {
    Value square = backward.square(x);
    Value cubic =
        backward.add(backward.multiply(square, GELU_CUBE * SQRT_TWO_OVER_PI), SQRT_TWO_OVER_PI);
    Value t = backward.apply("Tanh", backward.multiply(x, cubic));
    Value slope =
        backward.add(backward.multiply(square, 3 * GELU_CUBE * SQRT_TWO_OVER_PI), SQRT_TWO_OVER_PI);
    Value ofTanh = backward.multiply(backward.subtract(1, backward.square(t)), slope);
    Value sum = backward.add(backward.add(t, 1), backward.multiply(x, ofTanh));
    return backward.multiply(sum, 0.5);
  }
}
