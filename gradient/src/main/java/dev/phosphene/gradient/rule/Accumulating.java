package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.shortInteger;
import static dev.phosphene.gradient.GradientCase.shortIntegers;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of cumulative products, and of losses over classes. */
final class Accumulating {
  private Accumulating() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("CumProd", DecomposedRule.of("CumProd"), products()),
        GradientEntry.of(
            "NegativeLogLikelihoodLoss",
            DecomposedRule.of("NegativeLogLikelihoodLoss"),
            losses("NegativeLogLikelihoodLoss", 1)),
        GradientEntry.of(
            "SoftmaxCrossEntropyLoss",
            DecomposedRule.of("SoftmaxCrossEntropyLoss"),
            losses("SoftmaxCrossEntropyLoss", 2)));
  }

  private static List<GradientCase> products() {
    Attributes exclusive = Attributes.of("exclusive", 1);
    Attributes reverse = Attributes.of("reverse", 1);
    List<GradientCase> cases = new ArrayList<>();
    cases.addAll(
        GradientCase.of("CumProd", random(2, 5), fixed(Tensor.scalar(1L)))
            .withEverySelection(exclusive, reverse));
    cases.addAll(
        GradientCase.of("CumProd", random(3, 2, 2), fixed(Tensor.scalar(-3L)))
            .withEverySelection(exclusive, reverse));
    cases.add(
        GradientCase.of("CumProd", random(2, 5), shortInteger(1))
            .with("exclusive", 0, "reverse", 0)
            .named("axis of int32"));
    return cases;
  }

  private static List<GradientCase> losses(String operator, int outputs) {
    Input scores = random(3, 4);
    Input classes = fixed(Tensor.vector(2, 0, 3));
    Input images = random(2, 3, 2, 2);
    Input pixels =
        fixed(Tensor.converted(ElementType.INT64, new long[] {0, 1, 2, 2, 1, 0, 0, 2}, 2, 2, 2));
    List<GradientCase> cases = new ArrayList<>();
    for (String reduction : List.of("none", "sum", "mean")) {
      cases.add(GradientCase.of(operator, scores, classes).with("reduction", reduction));
      cases.add(
          GradientCase.of(operator, images, pixels, uniform(0.5, 1.5, 3))
              .with("reduction", reduction)
              .named("pixels, weights, " + reduction));
      cases.add(
          GradientCase.of(operator, images, pixels)
              .with("reduction", reduction, "ignore_index", 2)
              .named("pixels, ignore_index, " + reduction));
    }
    cases.add(
        GradientCase.of(operator, images, pixels, uniform(0.5, 1.5, 3))
            .with("ignore_index", 2)
            .named("pixels, weights, ignore_index, reduction by default"));
    cases.add(GradientCase.of(operator, scores, shortIntegers(2, 0, 3)).named("classes of int32"));
    if (outputs == 2) {
      cases.add(
          GradientCase.of(operator, scores, classes).outputs(2, 1).named("through the logarithms"));
    }
    return cases;
  }
}
