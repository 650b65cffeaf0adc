package dev.phosphene.cli.gallery;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.StepDisplay;
import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import dev.phosphene.image.WholeFile;
import dev.phosphene.model.InputContract.Source;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.callback.AnimationRecorder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The pictures of the embedded network, and the page that shows them. */
public final class Gallery {
  /** The page's file. */
  public static final String PAGE = "index.html";

  private static final String CLASSES_FILE = "classes.png";
  private static final String ANIMATION_FILE = "emerging.gif";
  private static final String SALIENCY_FILE = "saliency.png";

  /**
   * Half as much again as the side of the photos that the network was trained on: room for an
   * object at any place; beyond it, pictures fill with many small ones.
   */
  private static final int SIDE = 48;

  /**
   * Fewer than the recipe takes: so small a picture is there by then, and more steps only add
   * contrast.
   */
  private static final int ITERATIONS = 48;

  /** The last layer whose filters have places: they look for parts and for whole animals. */
  private static final String FILTERS_LAYER = "stage3.block1.relu2";

  private static final int FILTERS = 16;

  /** The class that is seen to emerge: a deer, whose antlers come last. */
  private static final int EMERGING_CLASS = 4;

  private final Model model;
  private final Settings settings;
  private final Console console;
  private final Path temporary;
  private final List<Path> files = new ArrayList<>();
  private final List<Figure> figures = new ArrayList<>();

  /**
   * What may vary.
   *
   * @param seed of all random numbers
   * @param threads that compute
   */
  public record Settings(long seed, int threads) {}

  /**
   * Prepares the pictures.
   *
   * @param model the embedded network
   * @param temporary a folder for photos on their way
   */
  public Gallery(Model model, Settings settings, Console console, Path temporary) {
    this.model = model;
    this.settings = settings;
    this.console = console;
    this.temporary = temporary;
  }

  /**
   * Makes everything.
   *
   * @param folder that exists
   * @return the files written
   */
  public List<Path> write(Path folder) {
    classes(folder.resolve(CLASSES_FILE));
    filters(folder.resolve(FILTERS_LAYER + ".png"));
    emerging(folder.resolve(ANIMATION_FILE));
    saliency(folder.resolve(SALIENCY_FILE));
    Path page = folder.resolve(PAGE);
    String html = Page.of(model, figures);
    WholeFile.write(page, stream -> stream.write(html.getBytes(StandardCharsets.UTF_8)));
    files.add(page);
    return List.copyOf(files);
  }

  private void classes(Path file) {
    ActivationMaximization run =
        run(ITERATIONS).each(IntStream.range(0, model.labels().size()).toArray());
    picture(run, "Classes", file);
    figures.add(
        new Figure(
            CLASSES_FILE,
            "What the network takes for each of its ten classes",
            "Ten labelled pictures, one for each class: " + String.join(", ", model.labels()) + ".",
            "Each picture is the input that most excites one output of the network, found by"
                + " gradient descent from noise. No photo was used.",
            "activate %s --filter all --size %dx%d --iterations %d%s -o %s"
                .formatted(model.name(), SIDE, SIDE, ITERATIONS, seedOption(), CLASSES_FILE)));
  }

  private void filters(Path file) {
    ActivationMaximization run =
        run(ITERATIONS).layer(FILTERS_LAYER).each(IntStream.range(0, FILTERS).toArray());
    picture(run, "Filters", file);
    String name = String.valueOf(file.getFileName());
    figures.add(
        new Figure(
            name,
            "What the filters of layer %s look for".formatted(FILTERS_LAYER),
            "%d numbered pictures of parts of animals and vehicles, one for each filter."
                .formatted(FILTERS),
            "Before its classes, the network looks for parts of things, and for things whole.",
            "activate %s --layer %s --filter 0-%d --size %dx%d --iterations %d%s -o %s"
                .formatted(
                    model.name(),
                    FILTERS_LAYER,
                    FILTERS - 1,
                    SIDE,
                    SIDE,
                    ITERATIONS,
                    seedOption(),
                    name)));
  }

  private void emerging(Path file) {
    String label = model.labels().get(EMERGING_CLASS);
    ActivationMaximization run = run(ITERATIONS).filters(EMERGING_CLASS);
    made(run.onIteration(new AnimationRecorder(file)), "Animation");
    wrote(file);
    figures.add(
        new Figure(
            ANIMATION_FILE,
            "How the class %s emerges from noise".formatted(label),
            "An animation: coloured noise turns, step by step, into the network's idea of the class %s."
                .formatted(label),
            "The same optimization, seen after more and more steps.",
            "activate %s --filter %d --size %dx%d --iterations %d%s -o %s"
                .formatted(
                    model.name(),
                    EMERGING_CLASS,
                    SIDE,
                    SIDE,
                    ITERATIONS,
                    seedOption(),
                    ANIMATION_FILE)));
  }

  private void saliency(Path file) {
    Image sheet = new Attributions(model, settings.threads()).sheet(temporary);
    PngFile.write(file, sheet);
    wrote(file);
    figures.add(
        new Figure(
            SALIENCY_FILE,
            "Which pixels and regions of a photo count",
            "Photos of the ten classes; under each the same photo twice: with its most important"
                + " pixels coloured, labelled with what the network takes it for, and with its most"
                + " important regions coloured.",
            "Saliency, the gradient of the photo's class at the photo, finds pixels; Grad-CAM, the"
                + " last feature maps weighted by that gradient, finds regions. Warm colours are"
                + " strong.",
            "saliency %s --input photo.png --filter %d -o saliency.png"
                .formatted(model.name(), EMERGING_CLASS)));
  }

  private ActivationMaximization run(int iterations) {
    return ActivationMaximization.of(model)
        .recipe(Recipe.NATURAL.with(changes -> changes.iterations(iterations)))
        .inputContract(model.inputContract().withSize(new long[] {SIDE}, Source.OPTION))
        .seed(settings.seed())
        .threads(settings.threads());
  }

  private void picture(ActivationMaximization run, String task, Path file) {
    List<Picture> made = made(run, task);
    PngFile.write(file, run.sheet().of(made), run.record(made).toJson());
    wrote(file);
  }

  private List<Picture> made(ActivationMaximization run, String task) {
    try (StepDisplay display = new StepDisplay(console, task)) {
      return run.onIteration(display).runAll();
    }
  }

  private String seedOption() {
    return settings.seed() == 0 ? "" : " --seed " + settings.seed();
  }

  private void wrote(Path file) {
    files.add(file);
    console.note("Wrote " + file);
  }
}
