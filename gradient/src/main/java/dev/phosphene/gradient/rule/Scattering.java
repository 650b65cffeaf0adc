package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/**
 * Gradients of ScatterElements and ScatterND, at the data and at the updates, for updates that
 * replace (which must not repeat an index) or are added.
 */
final class Scattering {
  private Scattering() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("ScatterElements", Scattering::scatterElements, elements()),
        GradientEntry.of("ScatterND", Scattering::scatterSlices, slices()));
  }

  private static List<GradientCase> elements() {
    GradientCase plain =
        GradientCase.of(
            "ScatterElements",
            random(3, 3),
            fixed(Tensor.of(new long[] {1, 0, 2, -1, 2, 1}, 2, 3)),
            random(2, 3));
    GradientCase repeated =
        GradientCase.of(
            "ScatterElements",
            random(2, 5),
            fixed(Tensor.of(new long[] {1, 1, 4, 0}, 2, 2)),
            random(2, 2));
    return List.of(
        plain,
        plain.with("axis", 0, "reduction", "add"),
        repeated.with("axis", 1, "reduction", "add").named("added to a repeated index, axis 1"));
  }

  private static List<GradientCase> slices() {
    GradientCase plain =
        GradientCase.of(
            "ScatterND", random(4, 3), fixed(Tensor.of(new long[] {2, -4}, 2, 1)), random(2, 3));
    GradientCase single =
        GradientCase.of(
            "ScatterND",
            random(4, 3),
            fixed(Tensor.of(new long[] {0, 1, 2, 2, 0, 1}, 3, 2)),
            random(3));
    return List.of(plain, single.with("reduction", "add").named("elements added at one index"));
  }

  private static void scatterElements(Backward backward) {
    Attributes axis = Attributes.of("axis", backward.attributes().integer("axis", 0));
    scatter(backward, "ScatterElements", "GatherElements", axis);
  }

  private static void scatterSlices(Backward backward) {
    scatter(backward, "ScatterND", "GatherND", Attributes.none());
  }

  private static void scatter(
      Backward backward, String operator, String opposite, Attributes attributes) {
    Value gradient = backward.gradient();
    Value indices = backward.input(1);
    boolean adds = adds(backward);
    if (backward.wants(0)) {
      Value kept =
          adds
              ? gradient
              : backward.apply(
                  operator, attributes, gradient, indices, backward.zerosLike(backward.input(2)));
      backward.give(0, kept);
    }
    if (backward.wants(2)) {
      backward.give(2, backward.apply(opposite, attributes, gradient, indices));
    }
  }

  private static boolean adds(Backward backward) {
    String reduction = backward.attributes().text("reduction", "none");
    return switch (reduction) {
      case "add" -> true;
      case "none" -> false;
      default ->
          throw backward.error(
              "its gradient covers reduction \"none\" and \"add\", found \"" + reduction + '"');
    };
  }
}
