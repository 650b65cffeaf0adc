package dev.phosphene.visualize;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.parameterization.ImageSize;
import dev.phosphene.visualize.parameterization.Parameterization;
import dev.phosphene.visualize.transform.Transform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the input that most excites chosen filters of a layer, by gradient descent on the input.
 *
 * <pre>{@code
 * Picture ouzel = ActivationMaximization.of(model).layer("predictions").filters(20).run();
 * List<Picture> sheet = ActivationMaximization.of(model).layer("conv5").each(0, 1, 2).runAll();
 * Picture mine = ActivationMaximization.minimizing(model,
 *     weighted(scene -> scene.layer("conv5").filter(17).mean().negative(), 2),
 *     weighted(new TotalVariation(2), 10)).run();
 * }</pre>
 *
 * <p>Pictures of a run are optimized in batches, as many at a time as there are threads, each
 * independent of the others: with one seed, a filter's picture starts from the same noise and sees
 * the same random transforms whatever stands beside it. What a recipe does between steps is called
 * from several threads, for different pictures; modifiers of one's own and callbacks are called on
 * the thread that runs this.
 */
public final class ActivationMaximization extends Visualization<ActivationMaximization> {
  private final boolean chosen;
  private @Nullable List<List<Integer>> pictures;
  private Recipe recipe = Recipe.NATURAL;
  private final List<InputModifier> modifiers = new ArrayList<>();
  private final List<Iteration.Listener> listeners = new ArrayList<>();
  private @Nullable Consumer<LayerTimes> profileListener;
  private @Nullable ImageSize size;
  private long seed;
  private @Nullable Tensor seedInput;
  private @Nullable Image seedPicture;

  private ActivationMaximization(Model model, boolean chosen) {
    super(model);
    this.chosen = chosen;
  }

  /** Maximizes the activation of chosen filters. */
  public static ActivationMaximization of(Model model) {
    return new ActivationMaximization(model, true);
  }

  /**
   * Minimizes losses of one's own, by the rest of the recipe keras-vis: pixels, RMSProp, the input
   * of the lowest loss.
   */
  public static ActivationMaximization minimizing(Model model, WeightedLoss... losses) {
    return new ActivationMaximization(model, false).recipe(Recipe.KERAS_VIS).losses(losses);
  }

  @Override
  protected ActivationMaximization self() {
    return this;
  }

  /** A picture for each of these filters. */
  public ActivationMaximization each(int... filters) {
    return pictures(IntStream.of(filters).mapToObj(List::of).toList());
  }

  /**
   * A picture for each of these groups of filters.
   *
   * @throws PhospheneException where there is no group, or a group without a filter
   */
  public ActivationMaximization pictures(List<List<Integer>> filtersOfEach) {
    if (filtersOfEach.isEmpty() || filtersOfEach.stream().anyMatch(List::isEmpty)) {
      throw new PhospheneException("No filter was chosen; choose one or more for each picture");
    }
    this.pictures = filtersOfEach.stream().map(List::copyOf).toList();
    return this;
  }

  @Override
  public ActivationMaximization filters(List<Integer> together) {
    this.pictures = null;
    return super.filters(together);
  }

  /** How pictures are made. Settings that change a recipe come after this. */
  public ActivationMaximization recipe(Recipe value) {
    this.recipe = value;
    return this;
  }

  /** The recipe as changed so far. */
  public Recipe recipe() {
    return recipe;
  }

  @Override
  public ActivationMaximization losses(List<WeightedLoss> weighted) {
    return recipe(recipe.with(changes -> changes.losses(weighted)));
  }

  /**
   * One more loss, or another weight of one that the recipe has: {@code loss(new TotalVariation(2),
   * 5)}. A loss takes the place of one of the same kind.
   *
   * @param weight 0 to leave it out
   */
  public ActivationMaximization loss(Loss loss, double weight) {
    return recipe(recipe.with(changes -> changes.loss(loss, weight)));
  }

  @Override
  public ActivationMaximization backprop(BackpropModifier modifier) {
    return recipe(recipe.with(changes -> changes.backprop(modifier)));
  }

  /** Number of steps, in the place of the recipe's. */
  public ActivationMaximization iterations(int count) {
    return recipe(recipe.with(changes -> changes.iterations(count)));
  }

  /** What happens to gradients before each step, in the place of the recipe's. */
  public ActivationMaximization gradientModifier(GradientModifier modifier) {
    return recipe(recipe.with(changes -> changes.gradientModifier(modifier)));
  }

  /** One more random change of the images before the network sees them: jitter, say. */
  public ActivationMaximization modifier(Transform transform) {
    List<Transform> more = new ArrayList<>(recipe.transforms());
    more.add(transform);
    return recipe(recipe.with(changes -> changes.transforms(more)));
  }

  /** One more change of one's own to the input around each step. */
  public ActivationMaximization modifier(InputModifier modifier) {
    modifiers.add(modifier);
    return this;
  }

  /** Size of the images, where the model leaves it open. */
  public ActivationMaximization size(ImageSize value) {
    this.size = value;
    return this;
  }

  /** Seed of all random numbers. */
  public ActivationMaximization seed(long value) {
    this.seed = value;
    return this;
  }

  /** The seed of all random numbers. */
  public long seed() {
    return seed;
  }

  /**
   * The input to start from, for every picture, in the place of noise.
   *
   * @param value {@code [1, ...]} in the model's layout and units
   */
  public ActivationMaximization seedInput(Tensor value) {
    this.seedInput = value;
    this.seedPicture = null;
    return this;
  }

  /** The picture to start from, cut and resized to what the model takes. */
  public ActivationMaximization seedInput(Image value) {
    this.seedPicture = value;
    this.seedInput = null;
    return this;
  }

  /**
   * Notes where the time of the steps goes, and tells it at the end; noting takes a little itself.
   */
  public ActivationMaximization onProfile(Consumer<LayerTimes> value) {
    this.profileListener = value;
    return this;
  }

  /** Adds a callback; callbacks are called in the order in which they were added. */
  public ActivationMaximization onIteration(Iteration.Listener value) {
    listeners.add(value);
    return this;
  }

  /**
   * Makes the only picture of this run.
   *
   * @throws PhospheneException as {@link #runAll}
   */
  public Picture run() {
    if (pictures != null && pictures.size() != 1) {
      throw new PhospheneException(
          "This run makes %d pictures; use runAll()".formatted(pictures.size()));
    }
    return runAll().get(0);
  }

  /**
   * Makes all pictures. Where the thread is interrupted, those of finished batches are given; where
   * no batch was finished, those of the first as they stand, if a step was taken.
   *
   * @throws PhospheneException where layer, filters, input or recipe do not fit the model, or an
   *     operator on the way has no gradient rule
   */
  public List<Picture> runAll() {
    List<Picture> made = new ArrayList<>();
    runEach(made::addAll);
    if (!made.isEmpty()) {
      listeners.forEach(listener -> listener.onEnd(List.copyOf(made), this));
    }
    return List.copyOf(made);
  }

  /**
   * Makes all pictures and keeps none: for more than memory holds. Callbacks are not told of the
   * end. Where the thread is interrupted, pictures are given as {@link #runAll} does.
   *
   * @param batches gets the pictures of each batch as soon as it is finished
   * @throws PhospheneException as {@link #runAll}
   */
  public void runEach(Consumer<List<Picture>> batches) {
    try (PictureRun run = compile(profileListener != null)) {
      run.run(seed, iteration -> listeners.forEach(each -> each.onIteration(iteration)), batches);
      if (profileListener != null && run.hasFinished()) {
        profileListener.accept(run.layerTimes(model()));
      }
    }
  }

  /**
   * Makes all pictures from other seeds, and tells no callback but this one of the steps.
   *
   * @return of each seed; what there is where the thread was interrupted
   */
  List<List<Picture>> runAll(List<Long> seeds, Iteration.Listener listener) {
    List<List<Picture>> ofSeeds = new ArrayList<>();
    try (PictureRun run = compile(false)) {
      for (long each : seeds) {
        List<Picture> made = new ArrayList<>();
        run.run(each, listener, made::addAll);
        ofSeeds.add(List.copyOf(made));
      }
    }
    return List.copyOf(ofSeeds);
  }

  private PictureRun compile(boolean profiled) {
    Target target = chosenTarget();
    List<List<Integer>> filters = filtersOfPictures(target);
    InputSpace space = space();
    float[] start = start(space);
    if (!modifiers.isEmpty()) {
      PixelModification.requirePixels(recipe);
    }
    return new PictureRun(
        new Objective(model(), recipe.losses(), target, isSoftmaxKept()),
        filters,
        space,
        recipe,
        new PictureRun.Setting(
            start,
            new PixelModification(modifiers, space),
            sheet(),
            settings().withProfile(profiled)));
  }

  private @Nullable Target chosenTarget() {
    return chosen || pictures != null || hasChosenLayer() ? target() : null;
  }

  private List<List<Integer>> filtersOfPictures(@Nullable Target target) {
    if (target == null) {
      return List.of(List.of());
    }
    if (pictures == null) {
      return List.of(filtersOf(target));
    }
    pictures.forEach(target::requireFilters);
    return pictures;
  }

  private float @Nullable [] start(InputSpace space) {
    Tensor given = seedInput();
    Parameterization parameterization = recipe.parameterization();
    return given == null
        ? null
        : parameterization.from(space.fromModel(given, parameterization.units()), space.size());
  }

  /** The input that pictures start from; null for noise. */
  private @Nullable Tensor seedInput() {
    return seedPicture != null ? space().fromPicture(seedPicture) : seedInput;
  }

  /** Between pictures and what the network takes in this run. */
  InputSpace space() {
    requireNumbers();
    return new InputSpace(contract(), imageSize());
  }

  /**
   * The part of a photo that the model sees, as large as it is there.
   *
   * @throws PhospheneException where the model does not take pictures
   */
  public Image part(Image photo) {
    return space().part(photo);
  }

  /** Lays out pictures of this run. */
  public Sheet sheet() {
    Target target = chosenTarget();
    return target == null ? Sheet.plain() : Sheet.of(model(), target);
  }

  /** Size of the images. */
  public ImageSize imageSize() {
    return size != null ? size : InputSpace.sizeOf(model(), contract());
  }

  /** Shape of one input, in the model's layout: {@code [1, ...]}. */
  public Shape inputShape() {
    return space().modelShape(1);
  }

  /** Whether a record can hold everything of this run, so that it can be made again. */
  public boolean isRecordable() {
    return chosenTarget() != null && modifiers.isEmpty() && RunRecord.canHold(recipe);
  }

  /**
   * Everything that these pictures were made from.
   *
   * @param made the result of {@link #runAll}
   * @throws PhospheneException where the run has parts of the user's own, which no record can hold
   */
  public RunRecord record(List<Picture> made) {
    Target target = chosenTarget();
    if (target == null || !isRecordable()) {
      throw new PhospheneException(
          "This run cannot be recorded: a loss or modifier of your own has no name in recipes");
    }
    int steps = made.stream().mapToInt(picture -> picture.losses().size()).max().orElse(1);
    boolean interrupted =
        made.stream().anyMatch(picture -> picture.outcome() == Picture.Outcome.INTERRUPTED);
    Tensor start = seedInput();
    return new RunRecord(
        Version.CURRENT,
        PictureRecord.ModelFile.of(model()),
        PictureRecord.Input.of(contract()),
        imageSize(),
        target.layer().name(),
        isSoftmaxKept(),
        made.stream().map(Picture::filters).toList(),
        sheet().labelsOn(made),
        seed,
        start == null ? RunRecord.NOISE : RunRecord.startOf(start),
        settings().threads(),
        interrupted ? recipe.with(changes -> changes.iterations(steps)) : recipe,
        diagnoses(made),
        Map.of());
  }

  private static Map<Integer, Diagnosis> diagnoses(List<Picture> made) {
    Map<Integer, Diagnosis> diagnoses = new HashMap<>();
    for (int i = 0; i < made.size(); i++) {
      int index = i;
      made.get(i).diagnosis().ifPresent(diagnosis -> diagnoses.put(index, diagnosis));
    }
    return diagnoses;
  }
}
