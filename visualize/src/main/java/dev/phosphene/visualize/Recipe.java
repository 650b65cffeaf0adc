package dev.phosphene.visualize;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.Adam;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.optimizer.Optimizer;
import dev.phosphene.visualize.optimizer.RmsProp;
import dev.phosphene.visualize.parameterization.FourierImage;
import dev.phosphene.visualize.parameterization.MacoImage;
import dev.phosphene.visualize.parameterization.Parameterization;
import dev.phosphene.visualize.parameterization.PixelImage;
import dev.phosphene.visualize.transform.Crop;
import dev.phosphene.visualize.transform.Noise;
import dev.phosphene.visualize.transform.RandomAffine;
import dev.phosphene.visualize.transform.Sampling;
import dev.phosphene.visualize.transform.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a picture is made: everything about an optimization but the network and what is to be excited
 * in it.
 *
 * @param name of the preset that it is or comes from
 * @param parameterization of the image
 * @param transforms that the image goes through at each step, in this order
 * @param losses that are summed, each with its weight
 * @param backprop how gradients flow back through the network
 * @param normalizeGradient whether the gradient of each picture is divided by its L2 norm, or by
 *     {@link #NORM_FLOOR} where that is larger
 * @param gradientModifier applied after the normalization
 * @param optimizer that takes the steps
 * @param iterations number of steps, at least 1
 * @param kept which of the inputs passed through is the result
 * @param rendering from the result to the picture
 * @param patience steps without a lower loss after which no more are taken; 0 to take all
 * @param gradientDelay by how many steps the gradient that a step descends along is older than its
 *     parameters, 0 to {@link #LONGEST_DELAY}: one more gradient than this can be computed at a
 *     time, each by threads of its own, which the steps of one picture could not otherwise use well
 *     (Zinkevich, Langford and Smola 2009, "Slow Learners are Fast"). The first steps all descend
 *     along gradients at the start
 * @param parameterPrediction how far ahead a gradient that will be late is computed: where the
 *     parameters are expected to be, if each step until then is so many times the last one, 0 to
 *     {@link #FARTHEST_PREDICTION}; 0 for where they stand, 1 for the weight prediction of Chen,
 *     Yang and Cheng 2018 ("Efficient and Robust Parallel DNN Training through Model Parallelism on
 *     Multi-GPU Platform"). Nothing changes where gradients are not late
 * @param weights what the weights of regularizers mean; absolute in recipes that do not say
 */
public record Recipe(
    String name,
    Parameterization parameterization,
    List<Transform> transforms,
    List<WeightedLoss> losses,
    @JsonSerialize(converter = BackpropName.Written.class)
        @JsonDeserialize(converter = BackpropName.Read.class)
        BackpropModifier backprop,
    boolean normalizeGradient,
    GradientModifier gradientModifier,
    Optimizer optimizer,
    int iterations,
    Kept kept,
    Rendering rendering,
    @JsonSetter(nulls = Nulls.AS_EMPTY) int patience,
    @JsonSetter(nulls = Nulls.AS_EMPTY) int gradientDelay,
    @JsonSetter(nulls = Nulls.AS_EMPTY) double parameterPrediction,
    @JsonSetter(nulls = Nulls.SKIP) Weights weights) {

  /** Smallest norm by which a gradient is divided: the root of 1e-12, as Keras' normalization. */
  public static final double NORM_FLOOR = 1e-6;

  /** Steps that a gradient may be late. */
  public static final int LONGEST_DELAY = 16;

  /** Last steps by which each step that a gradient is late may be predicted. */
  public static final double FARTHEST_PREDICTION = 2;

  /** More iterations than any use has; bounds what a hostile recipe can ask for. */
  private static final int MOST_ITERATIONS = 1_000_000;

  /** The documented behaviour of keras-vis' {@code visualize_activation}. */
  public static final Recipe KERAS_VIS =
      new Recipe(
          "keras-vis",
          PixelImage.KERAS_VIS,
          List.of(),
          List.of(
              WeightedLoss.weighted(new ActivationLoss(), 1),
              WeightedLoss.weighted(new LpNorm(LpNorm.DEFAULT_P), 10),
              WeightedLoss.weighted(new TotalVariation(TotalVariation.DEFAULT_BETA), 10)),
          BackpropModifier.NONE,
          true,
          GradientModifier.NONE,
          RmsProp.KERAS_VIS,
          200,
          Kept.LOWEST_LOSS,
          Rendering.STANDARDIZED,
          0,
          0,
          0,
          Weights.ABSOLUTE);

  /**
   * A decorrelated Fourier image under random jitter, scale and rotation (Olah, Mordvintsev and
   * Schubert 2017, "Feature Visualization"): the default. Weight decay lets the contrast settle,
   * which would grow from step to step without it, noise first: 512 steps of it are more
   * recognizable to networks under random changes than 128 are, and less noisy to people. Gradients
   * are a step late, which lets two be computed at a time, and acts as momentum does: hence the
   * little of it (Mitliagkas et al. 2016, "Asynchrony Begets Momentum"), and the prediction, both
   * as measured in docs/optimizers.md.
   */
  public static final Recipe NATURAL =
      new Recipe(
          "natural",
          FourierImage.NATURAL,
          List.of(new RandomAffine(0.06, 0.9, 1.15, 8, Sampling.NEAREST)),
          List.of(WeightedLoss.weighted(new ActivationLoss(), 1)),
          BackpropModifier.NONE,
          true,
          GradientModifier.NONE,
          new Adam(0.08, 0.7, 0.999, 1e-8, 0.07),
          128,
          Kept.LAST,
          Rendering.DISPLAY,
          0,
          1,
          1.3,
          Weights.RELATIVE);

  /**
   * Phases alone, under noise and random crops: see {@link MacoImage}. More faithful to
   * photographs' frequencies than {@link #NATURAL}, and slower to take shape.
   */
  public static final Recipe MACO =
      new Recipe(
          "maco",
          MacoImage.NATURAL,
          List.of(new Crop(0.3, 0.9), new Noise(0.1, Noise.Distribution.UNIFORM)),
          List.of(WeightedLoss.weighted(new ActivationLoss(), 1)),
          BackpropModifier.NONE,
          true,
          GradientModifier.NONE,
          new Adam(0.1, 0.7, 0.999, 1e-8, 0),
          256,
          Kept.LAST,
          Rendering.DISPLAY,
          0,
          1,
          1.3,
          Weights.RELATIVE);

  /** The presets, the default first. */
  public static final List<Recipe> PRESETS = List.of(NATURAL, KERAS_VIS, MACO);

  /** What the weights of regularizers mean. The other losses' are always taken as they are. */
  public enum Weights {
    /** Each regularizer is multiplied by its weight. */
    @JsonProperty("absolute")
    ABSOLUTE,
    /**
     * By how many times the other losses' gradient its own is to be, as measured over the first
     * steps: a weight means the same whatever the size of the network's activations and the units
     * of its input. See {@link Calibration}.
     */
    @JsonProperty("relative")
    RELATIVE
  }

  /** Which of the inputs passed through is the result. */
  public enum Kept {
    /** The input after the step of the lowest overall loss. */
    @JsonProperty("lowest-loss")
    LOWEST_LOSS,
    /** The input after the last step. */
    @JsonProperty("last")
    LAST
  }

  /** From the result to a picture with values in [0, 1]. */
  public enum Rendering {
    /** {@code (x - mean) / (deviation + 1e-7) * 0.1 + 0.5}, clipped: keras-vis' deprocessing. */
    @JsonProperty("standardized")
    STANDARDIZED,
    /** As the network sees it before its preprocessing, clipped. */
    @JsonProperty("display")
    DISPLAY
  }

  /**
   * Checks the recipe.
   *
   * @throws PhospheneException where a number is out of range, no loss counts, or the optimizer
   *     does not take delayed gradients
   */
  public Recipe {
    transforms = List.copyOf(transforms);
    losses = List.copyOf(losses);
    weights = Objects.requireNonNullElse(weights, Weights.ABSOLUTE);
    if (iterations < 1 || iterations > MOST_ITERATIONS) {
      throw new PhospheneException(
          "The number of iterations should be from 1 to %d, found %d"
              .formatted(MOST_ITERATIONS, iterations));
    }
    if (patience < 0) {
      throw new PhospheneException(
          "The patience of a recipe should be 0 steps or more, found " + patience);
    }
    if (gradientDelay < 0 || gradientDelay > LONGEST_DELAY) {
      throw new PhospheneException(
          "Gradients of a recipe should be late by 0 to %d steps, found %d"
              .formatted(LONGEST_DELAY, gradientDelay));
    }
    if (gradientDelay > 0 && !optimizer.takesDelayedGradients()) {
      throw new PhospheneException(
          "%s does not take delayed gradients, and the recipe delays them by %d; delay them by 0"
              .formatted(optimizer.getClass().getSimpleName(), gradientDelay));
    }
    if (!(parameterPrediction >= 0 && parameterPrediction <= FARTHEST_PREDICTION)) {
      throw new PhospheneException(
          "The parameter prediction of a recipe should be from 0 to %s, found %s"
              .formatted(FARTHEST_PREDICTION, parameterPrediction));
    }
    if (losses.stream().allMatch(loss -> loss.weight() == 0)) {
      throw new PhospheneException("At least one loss should have a weight other than 0");
    }
  }

  /**
   * The preset of this name.
   *
   * @throws PhospheneException where there is none; the message lists those that there are
   */
  public static Recipe preset(String name) {
    return PRESETS.stream()
        .filter(preset -> preset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new PhospheneException(
                    "There is no recipe \"%s\"; there are %s"
                        .formatted(
                            name, String.join(", ", PRESETS.stream().map(Recipe::name).toList()))));
  }

  /** This recipe with some settings changed: {@code recipe.with(it -> it.iterations(500))}. */
  public Recipe with(Consumer<Changes> change) {
    Changes changes = new Changes(this);
    change.accept(changes);
    return changes.apply();
  }

  /** Settings of a recipe while they are changed. */
  public static final class Changes {
    private final String name;
    private Parameterization parameterization;
    private List<Transform> transforms;
    private List<WeightedLoss> losses;
    private BackpropModifier backprop;
    private boolean normalizeGradient;
    private GradientModifier gradientModifier;
    private Optimizer optimizer;
    private int iterations;
    private Kept kept;
    private Rendering rendering;
    private int patience;
    private int gradientDelay;
    private double parameterPrediction;
    private Weights weights;

    private Changes(Recipe recipe) {
      this.name = recipe.name;
      this.parameterization = recipe.parameterization;
      this.transforms = recipe.transforms;
      this.losses = recipe.losses;
      this.backprop = recipe.backprop;
      this.normalizeGradient = recipe.normalizeGradient;
      this.gradientModifier = recipe.gradientModifier;
      this.optimizer = recipe.optimizer;
      this.iterations = recipe.iterations;
      this.kept = recipe.kept;
      this.rendering = recipe.rendering;
      this.patience = recipe.patience;
      this.gradientDelay = recipe.gradientDelay;
      this.parameterPrediction = recipe.parameterPrediction;
      this.weights = recipe.weights;
    }

    public Changes parameterization(Parameterization value) {
      this.parameterization = value;
      return this;
    }

    public Changes transforms(List<Transform> value) {
      this.transforms = value;
      return this;
    }

    public Changes losses(List<WeightedLoss> value) {
      this.losses = value;
      return this;
    }

    /** Adds a loss, in the place of one of the same kind if there is one. */
    public Changes loss(Loss loss, double weight) {
      WeightedLoss weighted = WeightedLoss.weighted(loss, weight);
      List<WeightedLoss> changed = new ArrayList<>(losses);
      changed.replaceAll(other -> other.loss().isSameKind(loss) ? weighted : other);
      if (!changed.contains(weighted)) {
        changed.add(weighted);
      }
      return losses(changed);
    }

    public Changes backprop(BackpropModifier value) {
      this.backprop = value;
      return this;
    }

    public Changes normalizeGradient(boolean value) {
      this.normalizeGradient = value;
      return this;
    }

    public Changes gradientModifier(GradientModifier value) {
      this.gradientModifier = value;
      return this;
    }

    /** Another way of taking steps; gradients are then no longer delayed where it takes none. */
    public Changes optimizer(Optimizer value) {
      this.optimizer = value;
      this.gradientDelay = value.takesDelayedGradients() ? gradientDelay : 0;
      return this;
    }

    public Changes iterations(int value) {
      this.iterations = value;
      return this;
    }

    public Changes kept(Kept value) {
      this.kept = value;
      return this;
    }

    public Changes rendering(Rendering value) {
      this.rendering = value;
      return this;
    }

    public Changes patience(int value) {
      this.patience = value;
      return this;
    }

    public Changes gradientDelay(int value) {
      this.gradientDelay = value;
      return this;
    }

    public Changes parameterPrediction(double value) {
      this.parameterPrediction = value;
      return this;
    }

    public Changes weights(Weights value) {
      this.weights = value;
      return this;
    }

    private Recipe apply() {
      return new Recipe(
          name,
          parameterization,
          transforms,
          losses,
          backprop,
          normalizeGradient,
          gradientModifier,
          optimizer,
          iterations,
          kept,
          rendering,
          patience,
          gradientDelay,
          parameterPrediction,
          weights);
    }
  }
}
