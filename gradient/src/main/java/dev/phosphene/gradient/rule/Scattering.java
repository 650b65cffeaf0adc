package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/**
 * Gradients of ScatterElements and ScatterND, at the data and at the updates. Updates that replace
 * must not repeat an index.
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
    GradientCase fromTheEnd =
        GradientCase.of(
            "ScatterElements",
            random(2, 5),
            fixed(Tensor.converted(ElementType.INT32, new long[] {-1, 1, 0, -4}, 2, 2)),
            random(2, 2));
    return List.of(
        plain,
        fromTheEnd.with("axis", -1).named("axis -1, indices of int32"),
        fromTheEnd.with("axis", -1, "reduction", "add"),
        fromTheEnd.with("axis", -1, "reduction", "mul"),
        apart(fromTheEnd).with("axis", -1, "reduction", "max"),
        apart(fromTheEnd).with("axis", 1, "reduction", "min"),
        plain.with("axis", 0, "reduction", "add"),
        repeated.with("axis", 1, "reduction", "add").named("added to a repeated index, axis 1"),
        repeated.with("axis", 1, "reduction", "mul").named("multiplied at a repeated index"),
        apart(repeated).with("axis", 1, "reduction", "max").named("maximum at a repeated index"),
        apart(repeated).with("axis", -1, "reduction", "min").named("minimum at a repeated index"));
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
    return List.of(
        plain,
        single.with("reduction", "add").named("elements added at one index"),
        single.with("reduction", "mul").named("elements multiplied at one index"),
        apart(single).with("reduction", "max").named("maximum of elements at one index"),
        apart(single).with("reduction", "min").named("minimum of elements at one index"));
  }

  /** The same with distinct numbers, of which no two tie. */
  private static GradientCase apart(GradientCase plain) {
    List<GradientCase.Input> inputs =
        plain.inputs().stream()
            .map(
                input ->
                    input instanceof GradientCase.Input.Random random
                        ? GradientCase.distinct(random.sizes())
                        : input)
            .toList();
    return GradientCase.of(plain.type().name(), inputs.toArray(GradientCase.Input[]::new));
  }

  private static void scatterElements(Backward backward) {
    Attributes axis = Attributes.of("axis", backward.attributes().integer("axis", 0));
    scatter(backward, new Places(backward, "ScatterElements", "GatherElements", axis));
  }

  private static void scatterSlices(Backward backward) {
    scatter(backward, new Places(backward, "ScatterND", "GatherND", Attributes.none()));
  }

  /** Where the updates go, and the operators that write and read there. */
  private record Places(Backward graph, String operator, String opposite, Attributes attributes) {
    Value read(Value from) {
      return graph.apply(opposite, attributes, from, graph.input(1));
    }

    Value write(Value to, Value updates, String reduction) {
      return graph.apply(
          operator, attributes.with("reduction", reduction), to, graph.input(1), updates);
    }
  }

  private static void scatter(Backward backward, Places places) {
    String reduction = backward.attributes().text("reduction", "none");
    switch (reduction) {
      case "none" -> replace(backward, places);
      case "add" -> {
        backward.give(0, backward.gradient());
        if (backward.wants(2)) {
          backward.give(2, places.read(backward.gradient()));
        }
      }
      case "mul" -> multiply(backward, places);
      case "max", "min" -> choose(backward, places);
      default ->
          throw backward.error(
              "reduction should be none, add, mul, max or min, found \"" + reduction + '"');
    }
  }

  private static void replace(Backward backward, Places places) {
    Value gradient = backward.gradient();
    if (backward.wants(0)) {
      backward.give(0, places.write(gradient, backward.zerosLike(backward.input(2)), "none"));
    }
    if (backward.wants(2)) {
      backward.give(2, places.read(gradient));
    }
  }

  /**
   * The gradient at an update is that at the product, times the other factors: the product by the
   * update, or where the update is zero, the product without zeros if no other factor is zero.
   */
  private static void multiply(Backward backward, Places places) {
    Value gradient = backward.gradient();
    Value data = backward.input(0);
    Value updates = backward.input(2);
    Value one = backward.scalarLike(data, 1);
    if (backward.wants(0)) {
      Value ones = backward.expand(one, backward.sizes(data));
      backward.give(0, backward.multiply(gradient, places.write(ones, updates, "mul")));
    }
    if (backward.wants(2)) {
      Value zero = backward.scalarLike(data, 0);
      Value isZero = backward.equal(updates, zero);
      Value factors = backward.where(isZero, one, updates);
      Value zeros =
          places.write(backward.zerosLike(data), backward.indicator(isZero, updates), "add");
      Value others = places.read(places.write(data, factors, "mul"));
      Value zerosHere = places.read(zeros);
      Value remaining = backward.subtract(zerosHere, backward.indicator(isZero, updates));
      Value alive =
          backward.indicator(backward.less(remaining, backward.scalarLike(data, 0.5)), data);
      Value rest = backward.divide(backward.multiply(others, alive), factors);
      backward.give(2, backward.multiply(places.read(gradient), rest));
    }
  }

  /** All that reach the maximum or minimum share its gradient equally, as in PyTorch. */
  private static void choose(Backward backward, Places places) {
    Value result = backward.output();
    Value updates = backward.input(2);
    Value kept = backward.indicator(backward.equal(backward.input(0), result), result);
    Value taken = backward.indicator(backward.equal(updates, places.read(result)), result);
    Value count = places.write(kept, taken, "add");
    Value share = backward.divide(backward.gradient(), count);
    backward.give(0, backward.multiply(share, kept));
    if (backward.wants(2)) {
      backward.give(2, backward.multiply(places.read(share), taken));
    }
  }
}
