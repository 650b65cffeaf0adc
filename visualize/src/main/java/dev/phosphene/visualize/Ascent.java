package dev.phosphene.visualize;

import dev.phosphene.visualize.optimizer.Optimizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The optimization of one picture of a batch: its parameters and what is known of its losses. */
final class Ascent {
  /** From the faint noise of a start to the contrast of a picture. */
  private static final int DOUBLINGS = 7;

  private final Recipe recipe;
  private final Optimizer.Descent descent;
  private final float[] parameters;
  private final float[] gradient;
  private final float @Nullable [] lastStep; // null where nothing is predicted
  private final Random random;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private int begun; // steps that are drawn and not taken
  private final Modification modification;
  private final List<Losses> losses = new ArrayList<>();
  private float[] best;
  private double lowestLoss = Double.POSITIVE_INFINITY;
  private int lowestAt;
  private boolean diverged;
  private float @Nullable [] importance;
  private final List<Double> gradientNorms = new ArrayList<>();
  private @Nullable Losses broken;
  private @Nullable Losses seen;
  private int doublings;

  /**
   * What one gradient is computed from.
   *
   * @param parameters where it is
   * @param draws what is random in it, in the order of the graph's inputs
   */
  record Sample(float[] parameters, List<float[]> draws) {}

  /** Changes parameters in place around a step. */
  interface Modification {
    /** Called before the step. */
    void pre(float[] parameters, Random random);

    /** Called after the step. */
    void post(float[] parameters, Random random);
  }

  /**
   * Prepares a picture.
   *
   * @param random draws whatever changes from step to step; belongs to this picture
   * @param mayGrow whether parameters are noise that is doubled from step to step until there is a
   *     gradient: a rectifier that is closed at a gray image may open at one of more contrast
   */
  Ascent(
      Recipe recipe, float[] initial, Random random, Modification modification, boolean mayGrow) {
    this.recipe = recipe;
    this.parameters = initial.clone();
    this.best = initial.clone();
    this.descent = recipe.optimizer().start(initial.length, recipe.iterations());
    this.random = random;
    this.gradient = new float[initial.length];
    boolean predicts = recipe.gradientDelay() > 0 && recipe.parameterPrediction() > 0;
    this.lastStep = predicts ? new float[initial.length] : null;
    this.modification = modification;
    this.doublings = mayGrow ? DOUBLINGS : 0;
  }

  /** The parameters as they stand; not a copy. */
  float[] parameters() {
    return parameters;
  }

  /** The gradient of the last step as it was descended along; not a copy. */
  float[] gradient() {
    return gradient;
  }

  boolean isDiverged() {
    return diverged;
  }

  /** Whether the loss got no lower for as many steps as the recipe is patient. */
  boolean isOnPlateau() {
    return recipe.patience() > 0 && losses.size() - lowestAt >= recipe.patience();
  }

  /** Whether no more steps are taken. */
  boolean isStopped() {
    return diverged || isOnPlateau();
  }

  List<Losses> losses() {
    return losses;
  }

  /** Norms of the gradients as computed: one a step, and one more where a step was not taken. */
  List<Double> gradientNorms() {
    return gradientNorms;
  }

  /** The losses at the step that was not taken because a number was not finite; null for none. */
  @Nullable Losses broken() {
    return broken;
  }

  /**
   * The losses as last computed, whether the step was taken or not.
   *
   * @throws NoSuchElementException before the first step
   */
  Losses seen() {
    return Optional.ofNullable(seen).orElseThrow();
  }

  /** The parameters of the picture to show, by the recipe's choice. */
  float[] result() {
    return recipe.kept() == Recipe.Kept.LOWEST_LOSS ? best : parameters;
  }

  /** Magnitudes of the gradients at the image, summed over the steps; null where none were told. */
  float @Nullable [] importance() {
    return importance;
  }

  /** Adds the magnitudes of the gradient at the image {@code [C, ...]} at this step. */
  void addImportance(float[] imageGradient) {
    if (isStopped()) {
      return;
    }
    float[] sums = importance == null ? new float[imageGradient.length] : importance;
    for (int i = 0; i < sums.length; i++) {
      sums[i] += Math.abs(imageGradient[i]);
    }
    importance = sums;
  }

  /**
   * Draws what the gradient of this step is computed from, if it is not delayed, else of the one
   * that comes so many steps later; before the first step, of all of these.
   *
   * @param inputs that are random
   */
  void draw(List<StepGraph.Draw> inputs) {
    for (; begun <= recipe.gradientDelay(); begun++) {
      if (!isStopped()) {
        modification.pre(parameters, random);
      }
      samples.add(
          new Sample(
              expected(begun),
              inputs.stream().map(input -> input.sampler().draw(random)).toList()));
    }
  }

  /** Where the parameters are expected to be after some steps; see the recipe's prediction. */
  private float[] expected(int steps) {
    float[] values = parameters.clone();
    if (lastStep != null && steps > 0) {
      float lastSteps = (float) (recipe.parameterPrediction() * steps);
      for (int i = 0; i < values.length; i++) {
        values[i] += lastSteps * lastStep[i];
      }
    }
    return values;
  }

  /** Whether there is something that was drawn and not taken yet. */
  boolean hasDrawn() {
    return !samples.isEmpty();
  }

  /** What was drawn first of what was not taken yet. */
  Sample take() {
    return samples.remove();
  }

  /**
   * Takes one step.
   *
   * @param current losses at the parameters of the sample that was taken
   * @param raw gradient at these
   */
  void step(Losses current, float[] raw) {
    begun--;
    if (isStopped()) {
      return;
    }
    seen = current;
    double squares = 0;
    for (float g : raw) {
      squares += (double) g * g;
    }
    gradientNorms.add(Math.sqrt(squares));
    if (!current.isFinite() || !Double.isFinite(squares)) {
      diverged = true;
      broken = current;
      return;
    }
    losses.add(current);
    double norm = Math.max(Math.sqrt(squares), Recipe.NORM_FLOOR);
    float scale = recipe.normalizeGradient() ? (float) (1 / norm) : 1;
    for (int i = 0; i < raw.length; i++) {
      gradient[i] = raw[i] * scale;
    }
    recipe.gradientModifier().modify(gradient);
    descend();
    grow(squares > 0);
    modification.post(parameters, random);
    if (current.overall() < lowestLoss) {
      lowestLoss = current.overall();
      lowestAt = losses.size();
      best = parameters.clone();
    }
  }

  /** Steps along the gradient, and remembers the step where the next ones are predicted. */
  private void descend() {
    if (lastStep == null) {
      descent.step(parameters, gradient, 1);
      return;
    }
    System.arraycopy(parameters, 0, lastStep, 0, parameters.length);
    descent.step(parameters, gradient, 1);
    for (int i = 0; i < parameters.length; i++) {
      lastStep[i] = parameters[i] - lastStep[i];
    }
  }

  /** Makes the noise of the start louder until there is a gradient; if none comes, as it was. */
  private void grow(boolean hasGradient) {
    if (hasGradient) {
      doublings = 0;
    } else if (doublings > 0) {
      doublings--;
      float factor = doublings > 0 ? 2 : 1f / (1 << (DOUBLINGS - 1));
      for (int i = 0; i < parameters.length; i++) {
        parameters[i] *= factor;
      }
    }
  }
}
