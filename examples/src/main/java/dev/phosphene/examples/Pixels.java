package dev.phosphene.examples;

import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.optimizer.RmsProp;

/** Recipes that optimize inputs themselves, as keras-vis does, at the scale of their values. */
final class Pixels {
  private Pixels() {}

  /**
   * The way of keras-vis for inputs whose values span about one: steps of a fiftieth of that, and
   * the last input, shown as it is.
   */
  static Recipe ofUnitRange(int iterations) {
    return Recipe.KERAS_VIS.with(
        changes ->
            changes
                .optimizer(new RmsProp(0.02, 0.95, 1e-7))
                .iterations(iterations)
                .kept(Recipe.Kept.LAST)
                .rendering(Recipe.Rendering.DISPLAY));
  }
}
