package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/** Gradients of operators that pass their input on: Identity, Dropout and conversions of type. */
final class Conversions {
  private Conversions() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "Identity",
            backward -> backward.give(0, backward.gradient()),
            GradientCase.of("Identity", random(2, 3))),
        GradientEntry.of(
            "Cast",
            Conversions::convertBack,
            GradientCase.of("Cast", random(2, 3)).with("to", 1),
            GradientCase.of("Cast", random(2, 3)).with("to", 11)),
        GradientEntry.of(
            "CastLike",
            Conversions::convertBack,
            GradientCase.of("CastLike", random(2, 3), fixed(Tensor.of(new float[2], 2)))),
        GradientEntry.of(
            "Dropout",
            Conversions::dropout,
            GradientCase.of("Dropout", random(2, 3)),
            GradientCase.of("Dropout", random(2, 3), ratio(), fixed(Tensor.scalar(false)))
                .named("inference said"),
            GradientCase.of("Dropout", random(2, 3), absent()).named("no ratio"),
            GradientCase.of("Dropout", random(2, 3), ratio()).with("seed", 7),
            GradientCase.of("Dropout", random(2, 3), absent(), fixed(Tensor.scalar(false)))
                .with("seed", 7)
                .named("no ratio, inference said")));
  }

  private static GradientCase.Input ratio() {
    return fixed(Tensor.scalar(0.3f));
  }

  /**
   * From one floating type to another. Integers get a gradient only where a straight-through rule
   * gave them; it is floating then, too.
   */
  private static void convertBack(Backward backward) {
    Value x = backward.input(0);
    Value gradient = backward.gradient();
    backward.give(0, x.type().isFloating() ? backward.cast(gradient, x.type()) : gradient);
  }

  /** Dropout passes its input on unless it trains, which a model to be visualized does not. */
  private static void dropout(Backward backward) {
    boolean trains =
        backward.has(2)
            && backward
                .constantOf(backward.input(2))
                .map(mode -> mode.getLong(0) != 0)
                .orElse(true);
    if (trains) {
      throw backward.error(
          "\"training_mode\" must be a constant false; export the model for inference");
    }
    backward.give(0, backward.gradient());
  }
}
