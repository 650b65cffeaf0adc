package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.awayFrom;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Gradients of poolings that mean or norm over windows, or over all positions. */
final class AveragePooling {
  private AveragePooling() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("AveragePool", AveragePooling::average, averageCases()),
        GradientEntry.of("LpPool", AveragePooling::norm, normCases()),
        GradientEntry.of(
            "GlobalAveragePool",
            AveragePooling::globalAverage,
            GradientCase.of("GlobalAveragePool", random(2, 3, 4, 5)),
            GradientCase.of("GlobalAveragePool", random(2, 3, 6)).named("one spatial axis"),
            GradientCase.of("GlobalAveragePool", random(1, 2, 3, 2, 4)).named("three axes")),
        GradientEntry.of("GlobalLpPool", AveragePooling::globalNorm, globalNormCases()));
  }

  private static List<GradientCase> averageCases() {
    GradientCase square = GradientCase.of("AveragePool", random(2, 3, 7, 8));
    List<GradientCase> cases = new ArrayList<>(square.withEach(PoolingForms.overlapping()));
    for (Attributes form : PoolingForms.padded()) {
      cases.addAll(square.withEach(List.of(form, form.with("count_include_pad", 1))));
    }
    cases.addAll(square.withEach(PoolingForms.apart()));
    for (Attributes form : PoolingForms.together()) {
      cases.addAll(square.withEach(List.of(form, form.with("count_include_pad", 1))));
    }
    cases.addAll(GradientCase.of("AveragePool", random(2, 3, 9)).withEach(PoolingForms.ofLines()));
    cases.addAll(
        GradientCase.of("AveragePool", random(1, 2, 4, 5, 6)).withEach(PoolingForms.ofCubes()));
    return cases;
  }

  private static List<GradientCase> normCases() {
    GradientCase square = GradientCase.of("LpPool", awayFrom(List.of(0.0), 2, 2, 7, 8));
    List<GradientCase> cases = new ArrayList<>();
    for (Attributes form : PoolingForms.overlapping()) {
      cases.addAll(square.withEach(List.of(form, form.with("p", 1), form.with("p", 3))));
    }
    cases.addAll(square.withEach(PoolingForms.padded()));
    cases.addAll(square.withEach(PoolingForms.apart()));
    for (Attributes form : PoolingForms.together()) {
      cases.addAll(square.withEach(List.of(form, form.with("p", 3))));
    }
    cases.addAll(
        GradientCase.of("LpPool", awayFrom(List.of(0.0), 2, 3, 9))
            .withEach(PoolingForms.ofLines()));
    cases.addAll(
        GradientCase.of("LpPool", awayFrom(List.of(0.0), 1, 2, 4, 5, 6))
            .withEach(PoolingForms.ofCubes()));
    return cases;
  }

  private static List<GradientCase> globalNormCases() {
    return GradientCase.of("GlobalLpPool", awayFrom(List.of(0.0), 2, 3, 4, 5))
        .withEach(List.of(Attributes.none(), Attributes.of("p", 1), Attributes.of("p", 3)));
  }

  /** Every output's gradient is divided by its number of taps and added to all of them. */
  private static void average(Backward backward) {
    Window window = window(backward);
    WindowSpread spread = new WindowSpread(backward, window);
    boolean countPadding = backward.attributes().flag("count_include_pad", false);
    Value scaled = spread.scaled(backward.gradient(), spread.areaOverTaps(countPadding));
    backward.give(0, spread.mean(scaled));
  }

  /** With y = (sum |x|^p)^(1/p): dx = sign(x) |x|^(p-1) * sum over windows of dy y^(1-p). */
  private static void norm(Backward backward) {
    WindowSpread spread = new WindowSpread(backward, window(backward));
    backward.give(0, backward.multiply(spread.sum(normWeighted(backward)), normSlope(backward)));
  }

  private static void globalAverage(Backward backward) {
    backward.give(0, backward.multiply(backward.gradient(), 1.0 / positions(backward)));
  }

  private static void globalNorm(Backward backward) {
    backward.give(0, backward.multiply(normWeighted(backward), normSlope(backward)));
  }

  /** dy y^(1-p), and 0 where y is 0: there the norm has no slope, and 0 is its subgradient. */
  private static Value normWeighted(Backward backward) {
    long p = backward.attributes().integer("p", 2);
    Value gradient = backward.gradient();
    if (p == 1) {
      return gradient;
    }
    Value norm = backward.output();
    Value zero = backward.scalarLike(norm, 0);
    Value isPositive = backward.greater(norm, zero);
    Value divisor = backward.where(isPositive, norm, backward.scalarLike(norm, 1));
    Value power = p == 2 ? divisor : backward.power(divisor, p - 1.0);
    return backward.where(isPositive, backward.divide(gradient, power), zero);
  }

  /** sign(x) |x|^(p-1). */
  private static Value normSlope(Backward backward) {
    long p = backward.attributes().integer("p", 2);
    Value input = backward.input(0);
    if (p == 2) {
      return input;
    }
    Value sign = backward.sign(input);
    return p == 1
        ? sign
        : backward.multiply(sign, backward.power(backward.absolute(input), p - 1.0));
  }

  private static long positions(Backward backward) {
    long[] sizes = backward.sizes(backward.input(0));
    long positions = 1;
    for (int axis = 2; axis < sizes.length; axis++) {
      positions *= sizes[axis];
    }
    return positions;
  }

  /** The window of a pooling. */
  static Window window(Backward backward) {
    long[] kernel =
        backward
            .attributes()
            .integers("kernel_shape")
            .orElseThrow(() -> backward.error("kernel_shape is missing"));
    return Window.of(backward.node(), Shape.of(backward.sizes(backward.input(0))), kernel);
  }
}
