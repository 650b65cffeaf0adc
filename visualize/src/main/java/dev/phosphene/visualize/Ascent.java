package dev.phosphene.visualize;

import dev.phosphene.visualize.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The optimization of one picture of a batch: its parameters and what is known of its losses. */
final class Ascent {
  private final Recipe recipe;
  private final Optimizer.Descent descent;
  private final float[] parameters;
  private final Random random;
  private final List<Losses> losses = new ArrayList<>();
  private float[] best;
  private double lowestLoss = Double.POSITIVE_INFINITY;
  private boolean diverged;

  /**
   * Prepares a picture.
   *
   * @param random draws whatever changes from step to step; belongs to this picture
   */
  Ascent(Recipe recipe, float[] initial, Random random) {
    this.recipe = recipe;
    this.parameters = initial.clone();
    this.best = initial.clone();
    this.descent = recipe.optimizer().start(initial.length);
    this.random = random;
  }

  Random random() {
    return random;
  }

  /** The parameters as they stand; not a copy. */
  float[] parameters() {
    return parameters;
  }

  boolean isDiverged() {
    return diverged;
  }

  List<Losses> losses() {
    return losses;
  }

  /** The parameters of the picture to show, by the recipe's choice. */
  float[] result() {
    return recipe.kept() == Recipe.Kept.LOWEST_LOSS ? best : parameters;
  }

  /**
   * Takes one step.
   *
   * @param current losses at the parameters before the step
   * @param gradient at the parameters; changed here
   */
  void step(Losses current, float[] gradient) {
    if (diverged) {
      return;
    }
    double squares = 0;
    for (float g : gradient) {
      squares += (double) g * g;
    }
    if (!current.isFinite() || !Double.isFinite(squares)) {
      diverged = true;
      return;
    }
    losses.add(current);
    if (recipe.normalizeGradient()) {
      float scale = (float) (1 / Math.max(Math.sqrt(squares), Recipe.NORM_FLOOR));
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= scale;
      }
    }
    recipe.gradientModifier().modify(gradient);
    descent.step(parameters, gradient);
    if (current.overall() < lowestLoss) {
      lowestLoss = current.overall();
      best = parameters.clone();
    }
  }
}
