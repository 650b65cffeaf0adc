package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.Interruption;
import dev.phosphene.cli.console.StepDisplay;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.cli.picture.TimeListing;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.LayerTimes;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.Sheet;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.callback.AnimationRecorder;
import dev.phosphene.visualize.measure.PictureNumbers;
import dev.phosphene.visualize.photo.PhotoActivations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes pictures of what excites filters. */
@Command(
    name = "activate",
    customSynopsis = "phosphene activate MODEL [--layer L] [--filter F] [-o FILE] [OPTIONS]",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Make pictures of what excites filters: one picture, or a sheet of several.",
    footer = {
      "",
      "Ctrl-C stops after the step under way and keeps what there is; a second one ends at once."
    })
final class ActivateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;
  @Mixin private LayerOptions layerOptions;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "F",
      converter = FilterSelection.Converter.class,
      description =
          "Filters: 20, or 20,21, or 0-63, or all, a picture for each; 20+21 for both in one"
              + " picture; where it is not given, all of the layer in one picture.")
  private @Nullable FilterSelection filters;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "The .png or .jpg file to write, or a .gif, .apng or .mp4 file that shows the picture"
              + " emerge; MODEL-LAYER-FILTER.png where it is not given.")
  private @Nullable Path output;

  @Option(
      names = {"--animation", "--gif"},
      paramLabel = "FILE",
      description =
          "Also write an animation that shows the picture emerge: a .gif, .apng or .mp4 file.")
  private @Nullable Path animation;

  @Mixin private RawOptions rawOptions;
  @Mixin private NumberOptions numberOptions;

  @Option(
      names = "--log",
      paramLabel = "FILE.jsonl",
      description = "Also write the losses of every step as lines of JSON, as they come.")
  private @Nullable Path log;

  @Option(
      names = "--profile",
      description = "Also tell how long each layer takes in a step, forward and backward.")
  private boolean profile;

  @Mixin private RecipeOptions recipeOptions;
  @Mixin private StartOptions startOptions;
  @Mixin private HeldOption heldOption;
  @Mixin private ContractOptions contractOptions;
  @Mixin private ThreadOption threads;
  @Mixin private DeviceOption deviceOption;
  @Mixin private CacheOption cacheOption;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    requireUsableFiles();
    Recipe recipe = recipeOptions.recipe();
    rawOptions.requireKept(recipe);
    long start = System.nanoTime();
    Console console = outputOptions.console();
    GivenFiles held = heldOption.read();
    Model model = held.hold(modelOptions.open(), "");
    ActivationMaximization run =
        layerOptions
            .applyTo(ActivationMaximization.of(model))
            .recipe(recipe)
            .inputContract(contractOptions.contract(model))
            .threads(threads.count())
            .device(deviceOption.device());
    Background.begin(() -> run.model().sha256()); // for the record
    cacheOption.open(console).ifPresent(run::cache);
    Target target = run.target();
    List<List<Integer>> wanted = wanted(target);
    run.pictures(wanted);
    startOptions.apply(run);
    rawOptions.requirePictures(run.imageSize());
    Path file = output != null ? output : defaultFile(target);
    PictureFiles.requireUsable(spec, "--output", file, PictureFiles.ALL);
    LayerOptions.announce(console, target);
    if (filters == null && target.filters() > 1) {
      console.note(
          "All %d filters of the layer together in one picture; --filter chooses some."
              .formatted(target.filters()));
    }
    ContractOptions.announce(console::note, run.model(), run.contract());
    GivenFiles.announceHeld(console, run.model(), target, run.inputShape());
    List<LayerTimes> times = new ArrayList<>();
    if (profile) {
      run.onProfile(times::add);
    }
    Optional<PhotoActivations> photos = numberOptions.survey(run, console);
    List<AnimationRecorder> recorders = recorders(file);
    List<Picture> made;
    List<PictureNumbers> numbers;
    ActivationReport report;
    Sheet sheet = run.sheet();
    boolean interrupted;
    try (Interruption interruption = Interruption.ofThisThread(console)) {
      made = run(run, recorders, interruption, console);
      report = new ActivationReport(sheet, made);
      report.requireSteps();
      numbers = numberOptions.measure(run, made, photos, console);
      interrupted = interruption.end();
    }
    RunRecord record = run.record(made).withNumbers(numbers);
    if (!PictureFiles.isAnimation(file)) {
      PictureFiles.write(file, sheet.of(made), record);
    }
    recorders.forEach(recorder -> recorder.write(made, sheet, record.toJson()));
    rawOptions.write(console, made);
    if (animation != null) {
      console.note("Wrote " + animation);
    }
    report.tell(console, file, record, wanted.size());
    Map<String, Object> json =
        report.json(file, record, run.contract(), target, Seconds.since(start));
    for (LayerTimes each : times) {
      TimeListing.lines(each).forEach(console::note);
      json.put("profile", TimeListing.json(each));
    }
    outputOptions.printJson(console, json);
    return interrupted ? Failures.INTERRUPTED : 0;
  }

  private List<AnimationRecorder> recorders(Path file) {
    return Stream.of(Optional.of(file), Optional.ofNullable(animation))
        .flatMap(Optional::stream)
        .filter(PictureFiles::isAnimation)
        .map(AnimationRecorder::new)
        .toList();
  }

  /** The recorders write later, when there are numbers to go with the pictures. */
  private List<Picture> run(
      ActivationMaximization run,
      List<AnimationRecorder> recorders,
      Interruption interruption,
      Console console) {
    recorders.forEach(recorder -> run.onIteration(recorder.collecting()));
    try (StepDisplay display = new StepDisplay(console, "Optimizing")) {
      run.onIteration(
          iteration -> {
            interruption.stepTaken();
            display.onIteration(iteration);
          });
      if (log == null) {
        return run.runAll();
      }
      try (LossLog lines = new LossLog(log)) {
        return run.onIteration(lines).runAll();
      }
    }
  }

  /** The filters of each picture. */
  private List<List<Integer>> wanted(Target target) {
    return filters != null
        ? filters.resolve(target)
        : List.of(IntStream.range(0, target.filters()).boxed().toList());
  }

  private void requireUsableFiles() {
    if (output != null) {
      PictureFiles.requireUsable(spec, "--output", output, PictureFiles.ALL);
    }
    if (animation != null) {
      PictureFiles.requireUsable(spec, "--animation", animation, PictureFiles.ANIMATED);
    }
    rawOptions.requireUsable();
    if (log != null) {
      OutputFile.requireWritable(log);
    }
  }

  private Path defaultFile(Target target) {
    String name =
        "%s-%s-%s"
            .formatted(
                PictureFiles.stem(Path.of(modelOptions.name())),
                target.layer().name(),
                filters == null ? "together" : filters.text());
    return Path.of(PictureFiles.safe(name) + PictureFiles.USUAL_EXTENSION);
  }
}
