package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import java.util.List;

/** The gradient of updating a cache of keys or values. */
final class CacheUpdates {
  private CacheUpdates() {}

  static List<GradientEntry> entries() {
    GradientCase caches =
        GradientCase.of("TensorScatter", random(2, 3, 5, 2), random(2, 3, 2, 2), integers(1, 3));
    return List.of(
        GradientEntry.of(
            "TensorScatter",
            DecomposedRule.of("TensorScatter"),
            caches,
            GradientCase.of("TensorScatter", random(2, 3, 5, 2), random(2, 3, 2, 2), integers(4, 0))
                .with("mode", "circular"),
            GradientCase.of("TensorScatter", random(2, 5, 2), random(2, 3, 2))
                .named("from the start"),
            GradientCase.of("TensorScatter", random(2, 5, 3, 2), random(2, 2, 3, 2))
                .with("axis", 1, "mode", "circular")
                .named("from the start, axis 1, circular"),
            GradientCase.of("TensorScatter", random(2, 5, 3, 2), random(2, 1, 3, 2), integers(0, 4))
                .with("axis", 1)));
  }
}
