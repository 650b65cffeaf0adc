package dev.phosphene.visualize;

import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.parameterization.Parameterization;
import dev.phosphene.visualize.parameterization.PixelImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One compiled step, and the batches of pictures that it makes. */
final class PictureRun implements AutoCloseable {
  private final List<List<Integer>> pictures;
  private final InputSpace space;
  private final Recipe recipe;
  private final Objective objective;
  private final Setting setting;
  private final int places;
  private final Spread spread;
  private final boolean calibrated;
  private final Optimization optimization;
  private final Renderer renderer;
  private long seed;
  private int finished;

  /**
   * What pictures of a run share beside their recipe.
   *
   * @param start parameters to start from; null for random ones
   * @param modification of parameters around each step
   * @param sheet lays out the pictures of a batch
   */
  record Setting(
      float @Nullable [] start,
      PixelModification modification,
      Sheet sheet,
      SessionSettings session) {}

  /**
   * Compiles the step.
   *
   * @param pictures filters of each
   */
  PictureRun(
      Objective objective,
      List<List<Integer>> pictures,
      InputSpace space,
      Recipe recipe,
      Setting setting) {
    this.pictures = pictures;
    this.space = space;
    this.recipe = recipe;
    this.objective = objective;
    this.setting = setting;
    BatchedNetwork network = network(objective);
    this.places = network.pictures();
    this.spread = spread(network);
    StepGraph graph =
        StepGraph.of(
            network, objective, space, recipe, recipe.backprop().modify(StandardRules.rules()));
    this.calibrated = graph.lossWeights().isPresent();
    this.optimization =
        new Optimization(graph, setting.session().withThreads(spread.threads()), spread.lanes());
    try {
      this.renderer = new Renderer(recipe, space);
    } catch (RuntimeException failure) {
      optimization.close();
      throw failure;
    }
  }

  /** Specializes to as many pictures as are computed by one run of the step. */
  private BatchedNetwork network(Objective objective) {
    Model model = objective.model();
    Objective.View view =
        objective.view(
            space::imageShape, targets -> BatchedNetwork.ofOnePicture(model, targets, space));
    if (!isTogether() && !setting.session().device().isCuda()) {
      return view.network();
    }
    BatchedNetwork network =
        view.network().inBatches(model, view.targets(), space, pictures.size());
    if (isTogether() && network.pictures() < pictures.size()) {
      throw new PhospheneException(
          "Pictures that share a part or a loss are made in one batch, and %d of these %d fit into one; choose fewer filters"
              .formatted(network.pictures(), pictures.size()));
    }
    return network;
  }

  /** Whether pictures depend on each other. */
  private boolean isTogether() {
    return recipe.parameterization().isShared()
        || objective.losses().stream().anyMatch(weighted -> weighted.loss().spansPictures());
  }

  /** Parts of the user's own are called for one picture after the other, in order. */
  private Spread spread(BatchedNetwork network) {
    boolean isOwn =
        !setting.modification().modifiers().isEmpty()
            || !(recipe.gradientModifier() instanceof GradientModifier.Named);
    return isOwn || setting.session().device().isCuda()
        ? Spread.oneAtATime(setting.session(), network)
        : Spread.of(pictures.size(), recipe.gradientDelay() + 1, setting.session(), network);
  }

  /**
   * Makes all pictures; where the thread is interrupted, as {@code runEach} says. May be called
   * again, for other random numbers.
   *
   * @param runSeed seed of all random numbers
   * @param batches gets the pictures of each batch when it is finished
   */
  void run(long runSeed, Iteration.Listener listener, Consumer<List<Picture>> batches) {
    seed = runSeed;
    finished = 0;
    for (int first = 0; first < pictures.size(); first += spread.wave()) {
      List<List<Integer>> filters =
          pictures.subList(first, Math.min(first + spread.wave(), pictures.size()));
      List<double[]> weights = weights(first, filters);
      List<Ascent> ascents = start(first, filters.size());
      optimization.run(
          groups(ascents, filters, weights),
          recipe.iterations(),
          (number, losses) -> {
            share(ascents);
            listener.onIteration(iteration(ascents, filters, number, losses));
          });
      boolean interrupted = Thread.currentThread().isInterrupted() && !isComplete(ascents);
      if (interrupted && (finished > 0 || ascents.get(0).losses().isEmpty())) {
        return;
      }
      List<Picture> made = new ArrayList<>();
      for (int i = 0; i < ascents.size(); i++) {
        made.add(picture(filters.get(i), ascents.get(i), weights.get(i), interrupted));
      }
      finished += made.size();
      batches.accept(List.copyOf(made));
      if (interrupted) {
        return;
      }
    }
  }

  /** Whether any picture was given by the last run. */
  boolean hasFinished() {
    return finished > 0;
  }

  /** By how much losses count for each picture of a batch. */
  private List<double[]> weights(int first, List<List<Integer>> filters) {
    List<double[]> given = Collections.nCopies(filters.size(), objective.weights());
    if (!calibrated) {
      return given;
    }
    Thread caller = Thread.currentThread();
    return optimization
        .each(
            groups(start(first, filters.size()), filters, given),
            (lane, group) -> new Calibration(lane, objective, caller::isInterrupted).weights(group))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /** Pictures as they are computed by one run of the step. */
  private List<Lane.Group> groups(
      List<Ascent> ascents, List<List<Integer>> filters, List<double[]> weights) {
    List<Lane.Group> groups = new ArrayList<>();
    for (int first = 0; first < ascents.size(); first += places) {
      int end = Math.min(first + places, ascents.size());
      groups.add(
          new Lane.Group(
              ascents.subList(first, end),
              filters.subList(first, end),
              weights.subList(first, end)));
    }
    return groups;
  }

  private List<Ascent> start(int first, int count) {
    List<Ascent> ascents = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      ascents.add(start(i));
    }
    share(ascents);
    return ascents;
  }

  private void share(List<Ascent> ascents) {
    if (recipe.parameterization().isShared()) {
      recipe
          .parameterization()
          .share(ascents.stream().map(Ascent::parameters).toList(), space.size());
    }
  }

  /** Where the time of the steps went, if the session notes it. */
  LayerTimes layerTimes(Model model) {
    return LayerTimes.of(model, optimization.profile());
  }

  private boolean isComplete(List<Ascent> ascents) {
    return ascents.stream()
        .allMatch(ascent -> ascent.isStopped() || ascent.losses().size() == recipe.iterations());
  }

  private Ascent start(int picture) {
    List<Integer> filters = pictures.get(picture);
    int before = Collections.frequency(pictures.subList(0, picture), filters);
    Random random = random(seed, filters, before);
    boolean isNoise = setting.start() == null;
    return new Ascent(
        recipe,
        isNoise ? noise(random) : setting.start(),
        random,
        setting.modification(),
        isNoise && recipe.parameterization().units() == Parameterization.Units.DISPLAY);
  }

  private float[] noise(Random random) {
    Parameterization parameterization = recipe.parameterization();
    boolean modelUnits = parameterization.units() == Parameterization.Units.MODEL;
    return parameterization.initial(
        random, space.size(), modelUnits ? space.low() : 0, modelUnits ? space.high() : 1);
  }

  private Iteration iteration(
      List<Ascent> ascents, List<List<Integer>> filters, int number, List<Losses> losses) {
    return new Iteration(
        filters,
        number,
        recipe.iterations(),
        finished,
        pictures.size(),
        losses,
        new Iteration.State() {
          @Override
          public List<Image> pictures() {
            return ascents.stream().map(ascent -> rendered(ascent).image()).toList();
          }

          @Override
          public Image sheet() {
            return setting.sheet().of(pictures(), filters);
          }

          @Override
          public List<Tensor> inputs() {
            return ascents.stream().map(ascent -> rendered(ascent).input()).toList();
          }

          @Override
          public List<Tensor> gradients() {
            return ascents.stream().map(PictureRun.this::gradient).toList();
          }
        });
  }

  private Renderer.Rendered rendered(Ascent ascent) {
    return renderer.render(ascent.parameters());
  }

  /** In the model's layout where the input itself is optimized, else as parameters lie. */
  private Tensor gradient(Ascent ascent) {
    float[] gradient = ascent.gradient().clone();
    return recipe.parameterization() instanceof PixelImage
        ? space.toModel(gradient)
        : Tensor.of(gradient, recipe.parameterization().parameters(space.size()));
  }

  private Picture picture(
      List<Integer> filters, Ascent ascent, double[] weights, boolean interrupted) {
    Renderer.Rendered rendered = renderer.render(ascent.result());
    Picture.Outcome outcome =
        ascent.isDiverged()
            ? Picture.Outcome.DIVERGED
            : ascent.isOnPlateau()
                ? Picture.Outcome.PLATEAU
                : interrupted ? Picture.Outcome.INTERRUPTED : Picture.Outcome.FINISHED;
    return new Picture(
        filters,
        rendered.image(),
        rendered.input(),
        rendered(ascent).input(),
        gradient(ascent),
        ascent.losses(),
        objective.byLabel(weights),
        outcome,
        Optional.ofNullable(ascent.importance()).map(this::importance),
        Diagnosis.of(objective.course(ascent, recipe, weights)));
  }

  /** Of each position, from those of its channels. */
  private Tensor importance(float[] ofChannels) {
    long[] spatial = Arrays.copyOfRange(space.size().sizes(), 1, space.size().sizes().length);
    int positions = ofChannels.length / space.size().channels();
    float[] sums = new float[positions];
    float largest = Float.MIN_NORMAL;
    for (int i = 0; i < ofChannels.length; i++) {
      sums[i % positions] += ofChannels[i];
    }
    for (float sum : sums) {
      largest = Math.max(largest, sum);
    }
    for (int i = 0; i < positions; i++) {
      sums[i] /= largest;
    }
    return Tensor.of(sums, spatial);
  }

  /**
   * The random numbers of one picture, which is not the first of its filters where there are some
   * before it. {@link Random} because its algorithm, with that of its Gaussian numbers, is
   * specified: other generators may change from one Java version to the next.
   */
  private static Random random(long seed, List<Integer> filters, int before) {
    long mixed = seed - before;
    for (int filter : filters) {
      mixed = mixed * 0x9E3779B97F4A7C15L + filter + 1; // golden ratio, as in SplittableRandom
    }
    return new Random(mixed ^ (mixed >>> 32));
  }

  @Override
  public void close() {
    renderer.close();
    optimization.close();
  }
}
