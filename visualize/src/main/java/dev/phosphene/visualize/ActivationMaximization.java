package dev.phosphene.visualize;

import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.ImageSize;
import dev.phosphene.visualize.parameterization.Parameterization;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the input that most excites chosen filters of a layer, by gradient descent on the input.
 *
 * <pre>{@code
 * Picture ouzel = ActivationMaximization.of(model).layer("predictions").filters(20).run();
 * List<Picture> sheet = ActivationMaximization.of(model).layer("conv5").each(0, 1, 2).runAll();
 * }</pre>
 *
 * <p>Pictures of a run are optimized in batches, each independent of the others: with one seed, a
 * filter's picture starts from the same noise and sees the same random transforms whatever stands
 * beside it.
 */
public final class ActivationMaximization {
  /** Largest number of pictures in a batch: beyond it, throughput does not grow. */
  private static final int LARGEST_BATCH = 16;

  /** Bytes of activations that a batch may have, before the backward pass doubles them. */
  private static final long BATCH_BYTES = 1L << 30;

  private final Model model;
  private @Nullable String layer;
  private boolean softmax;
  private List<List<Integer>> pictures = List.of();
  private Recipe recipe = Recipe.NATURAL;
  private @Nullable InputContract contract;
  private @Nullable ImageSize size;
  private long seed;
  private @Nullable Tensor seedInput;
  private SessionSettings settings = SessionSettings.DEFAULT;
  private GradientRules rules = StandardRules.rules();
  private Iteration.Listener listener = iteration -> {};

  private ActivationMaximization(Model model) {
    this.model = model;
  }

  public static ActivationMaximization of(Model model) {
    return new ActivationMaximization(model);
  }

  /** The layer: an index (negative from the end), a name or a glob; without it, the last. */
  public ActivationMaximization layer(@Nullable String indexNameOrGlob) {
    this.layer = indexNameOrGlob;
    return this;
  }

  /** Keeps a softmax at the end of the layer, which is left out otherwise. */
  public ActivationMaximization softmax(boolean kept) {
    this.softmax = kept;
    return this;
  }

  /** One picture that excites all of these filters together. */
  public ActivationMaximization filters(int... together) {
    return pictures(List.of(IntStream.of(together).boxed().toList()));
  }

  /** A picture for each of these filters. */
  public ActivationMaximization each(int... filters) {
    return pictures(IntStream.of(filters).mapToObj(List::of).toList());
  }

  /** A picture for each of these groups of filters. */
  public ActivationMaximization pictures(List<List<Integer>> filtersOfEach) {
    this.pictures = filtersOfEach.stream().map(List::copyOf).toList();
    return this;
  }

  public ActivationMaximization recipe(Recipe value) {
    this.recipe = value;
    return this;
  }

  /** What the network expects, in the place of what the model says. */
  public ActivationMaximization inputContract(InputContract value) {
    this.contract = value;
    return this;
  }

  /** Size of the images, where the model leaves it open. */
  public ActivationMaximization size(ImageSize value) {
    this.size = value;
    return this;
  }

  public ActivationMaximization seed(long value) {
    this.seed = value;
    return this;
  }

  /**
   * The input to start from, for every picture, in the place of noise.
   *
   * @param value {@code [1, ...]} in the model's layout and units; for recipes that optimize pixels
   */
  public ActivationMaximization seedInput(Tensor value) {
    this.seedInput = value;
    return this;
  }

  /** Processor threads; 0 for all. */
  public ActivationMaximization threads(int count) {
    this.settings = settings.withThreads(count);
    return this;
  }

  /** Other gradient rules: a backprop modifier. */
  public ActivationMaximization rules(GradientRules value) {
    this.rules = value;
    return this;
  }

  public ActivationMaximization onIteration(Iteration.Listener value) {
    this.listener = value;
    return this;
  }

  /**
   * Makes the only picture of this run.
   *
   * @throws PhospheneException as {@link #runAll}
   */
  public Picture run() {
    if (pictures.size() != 1) {
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
    Target target = target();
    if (pictures.isEmpty() || pictures.stream().anyMatch(List::isEmpty)) {
      throw new PhospheneException("No filter was chosen; choose one or more with filters(...)");
    }
    pictures.forEach(target::requireFilters);
    ImageSize imageSize = imageSize();
    InputSpace space = new InputSpace(contract(), imageSize);
    BatchedNetwork network = network(target, space);
    StepGraph graph = StepGraph.of(network, space, imageSize, recipe, rules);
    try (Optimization optimization = new Optimization(graph, settings);
        Renderer renderer = new Renderer(recipe, space, imageSize)) {
      return new Batches(optimization, renderer, space, imageSize, network.pictures()).run();
    }
  }

  /** The layer as found, and whether a softmax was left out. */
  public Target target() {
    return Target.of(model, layer, softmax);
  }

  /** What the network is taken to expect. */
  public InputContract contract() {
    return contract != null ? contract : model.inputContract();
  }

  /** Size of the images. */
  public ImageSize imageSize() {
    return size != null ? size : InputSpace.sizeOf(model, contract());
  }

  /** Shape of one input, in the model's layout: {@code [1, ...]}. */
  public Shape inputShape() {
    return new InputSpace(contract(), imageSize()).modelShape(1);
  }

  /**
   * Everything that these pictures were made from.
   *
   * @param made the result of {@link #runAll}
   */
  public RunRecord record(List<Picture> made) {
    int steps = made.stream().mapToInt(picture -> picture.losses().size()).max().orElse(1);
    boolean interrupted =
        made.stream().anyMatch(picture -> picture.outcome() == Picture.Outcome.INTERRUPTED);
    return new RunRecord(
        Version.CURRENT,
        new RunRecord.ModelFile(model.name(), model.sha256()),
        RunRecord.Input.of(contract()),
        imageSize(),
        target().layer().name(),
        softmax,
        made.stream().map(Picture::filters).toList(),
        seed,
        seedInput == null ? RunRecord.NOISE : RunRecord.startOf(seedInput),
        settings.threads(),
        interrupted ? recipe.with(changes -> changes.iterations(steps)) : recipe);
  }

  /** Specializes to the largest batch of use that fits memory. */
  private BatchedNetwork network(Target target, InputSpace space) {
    BatchedNetwork single = BatchedNetwork.ofOnePicture(model.graph(), target, space);
    long fitting = Math.max(1, BATCH_BYTES / Math.max(1, single.activationBytes()));
    int most = (int) Math.min(fitting, Math.min(LARGEST_BATCH, pictures.size()));
    int batches = (pictures.size() + most - 1) / most;
    return most == 1
        ? single
        : BatchedNetwork.ofPictures(
                model.graph(), target, space, (pictures.size() + batches - 1) / batches)
            .orElse(single);
  }

  /** The batches of one run, with what they share. */
  private final class Batches {
    private final Optimization optimization;
    private final Renderer renderer;
    private final InputSpace space;
    private final ImageSize imageSize;
    private final int batchSize;
    private final List<Picture> finished = new ArrayList<>();

    Batches(
        Optimization optimization,
        Renderer renderer,
        InputSpace space,
        ImageSize imageSize,
        int batchSize) {
      this.optimization = optimization;
      this.renderer = renderer;
      this.space = space;
      this.imageSize = imageSize;
      this.batchSize = batchSize;
    }

    List<Picture> run() {
      for (int first = 0; first < pictures.size(); first += batchSize) {
        List<List<Integer>> filters =
            pictures.subList(first, Math.min(first + batchSize, pictures.size()));
        List<Ascent> ascents = filters.stream().map(this::start).toList();
        optimization.run(
            ascents,
            filters,
            recipe.iterations(),
            (number, losses) -> report(ascents, filters, number, losses));
        boolean interrupted = Thread.currentThread().isInterrupted() && !isComplete(ascents);
        if (interrupted && (!finished.isEmpty() || ascents.get(0).losses().isEmpty())) {
          break;
        }
        for (int i = 0; i < ascents.size(); i++) {
          finished.add(picture(filters.get(i), ascents.get(i), interrupted));
        }
        if (interrupted) {
          break;
        }
      }
      return List.copyOf(finished);
    }

    private boolean isComplete(List<Ascent> ascents) {
      return ascents.stream()
          .allMatch(ascent -> ascent.isDiverged() || ascent.losses().size() == recipe.iterations());
    }

    private Ascent start(List<Integer> filters) {
      Random random = random(seed, filters);
      return new Ascent(recipe, initial(random), random);
    }

    private float[] initial(Random random) {
      Parameterization parameterization = recipe.parameterization();
      boolean modelUnits = parameterization.units() == Parameterization.Units.MODEL;
      if (seedInput == null) {
        return parameterization.initial(
            random, imageSize, modelUnits ? space.low() : 0, modelUnits ? space.high() : 1);
      }
      if (!modelUnits) {
        throw new PhospheneException(
            "The recipe %s cannot start from an input; use one that optimizes pixels, such as keras-vis"
                .formatted(recipe.name()));
      }
      return space.fromModel(seedInput);
    }

    private void report(
        List<Ascent> ascents, List<List<Integer>> filters, int number, List<Losses> losses) {
      listener.onIteration(
          new Iteration(
              filters,
              number,
              recipe.iterations(),
              finished.size(),
              pictures.size(),
              losses,
              () -> ascents.stream().map(ascent -> image(ascent.parameters())).toList()));
    }

    private Image image(float[] parameters) {
      return renderer.render(parameters).image();
    }

    private Picture picture(List<Integer> filters, Ascent ascent, boolean interrupted) {
      Renderer.Rendered rendered = renderer.render(ascent.result());
      Picture.Outcome outcome =
          ascent.isDiverged()
              ? Picture.Outcome.DIVERGED
              : interrupted ? Picture.Outcome.INTERRUPTED : Picture.Outcome.FINISHED;
      return new Picture(filters, rendered.image(), rendered.input(), ascent.losses(), outcome);
    }
  }

  /**
   * The random numbers of one picture. {@link Random} because its algorithm, with that of its
   * Gaussian numbers, is specified: other generators may change from one Java version to the next.
   */
  private static Random random(long seed, List<Integer> filters) {
    long mixed = seed;
    for (int filter : filters) {
      mixed = mixed * 0x9E3779B97F4A7C15L + filter + 1; // golden ratio, as in SplittableRandom
    }
    return new Random(mixed ^ (mixed >>> 32));
  }
}
