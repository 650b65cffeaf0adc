package dev.phosphene.cli;

import dev.phosphene.cli.console.AtlasDisplay;
import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.Interruption;
import dev.phosphene.cli.gallery.AtlasPages;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.atlas.Atlas;
import dev.phosphene.visualize.atlas.AtlasFiles;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import dev.phosphene.visualize.atlas.LayerSelection;
import dev.phosphene.visualize.atlas.LayerWork;
import dev.phosphene.visualize.photo.PhotoFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes an atlas. */
@Command(
    name = "atlas",
    customSynopsis = "phosphene atlas MODEL [-o FOLDER] [--layer L]... [--photos FOLDER] [OPTIONS]",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Make a picture of every filter of many layers, in a folder with a page that shows them.",
    footer = {
      "",
      "Ctrl-C stops after the step under way and keeps what is finished; the same command goes on"
          + " from there."
    })
final class AtlasCommand implements Callable<Integer> {
  /** Photos beside a picture: as many as make a square of the picture's size, still discernible. */
  private static final int USUAL_TOP = 9;

  /** More would be too small to see beside a picture. */
  private static final int MOST_TOP = 25;

  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;

  @Option(
      names = {"-l", "--layer"},
      paramLabel = "L",
      description =
          "Index (negative from the end), name, or a glob that matches one layer or more; may be"
              + " repeated. Where it is not given, all layers that make new filters, before their"
              + " activation.")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = "--softmax",
      description = "Keep the softmax at the end of layers, which is left out otherwise.")
  private boolean softmax;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "F",
      converter = FilterSelection.Converter.class,
      description =
          "Filters of each layer: 20, or 20,21, or 0-63, those of them that it has; all where it"
              + " is not given.")
  private @Nullable FilterSelection filters;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      description =
          "The folder to write to: a new or empty one, or that of the same atlas, which is then"
              + " continued; MODEL-atlas where it is not given.")
  private @Nullable Path output;

  @Option(
      names = "--photos",
      paramLabel = "FOLDER",
      description =
          "Also show, beside each picture, the photos of this folder and the folders in it that"
              + " excite the filter most, and tell where the picture stands among all of them.")
  private @Nullable Path photos;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "How many photos stand beside each picture; 9 where it is not given.")
  private @Nullable Integer top;

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
    requireSense();
    long start = System.nanoTime();
    Recipe recipe = recipeOptions.recipe();
    Console console = outputOptions.console();
    PhotoFolder photoFolder = photos == null ? null : PhotoFolder.open(photos);
    GivenFiles held = heldOption.read();
    Model model = held.hold(modelOptions.open(), "");
    LayerSelection selection =
        layers.isEmpty()
            ? LayerSelection.usual(model, softmax)
            : LayerSelection.named(model, layers, softmax);
    List<LayerWork> plan = plan(selection);
    ActivationMaximization run =
        ActivationMaximization.of(model)
            .softmax(softmax)
            .recipe(recipe)
            .inputContract(contractOptions.contract(model))
            .threads(threads.count())
            .device(deviceOption.device());
    cacheOption.open(console).ifPresent(run::cache);
    startOptions.apply(run);
    Path folder =
        output != null
            ? output
            : Path.of(
                PictureFiles.safe(PictureFiles.stem(Path.of(modelOptions.name()))) + "-atlas");
    OutputFile.createFolder(folder);
    Atlas atlas = Atlas.open(run, folder);
    atlas.leaveOut(selection.leftOut());
    if (photoFolder != null) {
      atlas.photos(photoFolder, top == null ? USUAL_TOP : top);
    }
    announce(console, run, selection, plan, photoFolder);
    Atlas.Result result;
    boolean interrupted;
    try (Interruption interruption = Interruption.ofThisThread(console);
        AtlasDisplay display = new AtlasDisplay(console, atlas, plan, recipe.iterations())) {
      interruption.stepTaken(); // what is in the folder is to be kept from the beginning
      run.onIteration(display);
      result = atlas.onProgress(display).onProgress(new Pages(atlas)).make(plan);
      interrupted = interruption.end();
    }
    AtlasPages.write(atlas.index(), atlas.files());
    tell(console, folder, result);
    outputOptions.printJson(console, json(folder, atlas, result, Seconds.since(start)));
    return interrupted ? Failures.INTERRUPTED : 0;
  }

  /** Keeps the pages as new as the index. */
  private record Pages(Atlas atlas) implements Atlas.Listener {
    @Override
    public void onLayerEnd(int number, int layers, LayerEntry layer) {
      AtlasPages.write(atlas.index(), atlas.files(), layer);
    }
  }

  private void requireSense() {
    if (filters != null && !filters.isEachAlone()) {
      throw new ParameterException(
          spec.commandLine(),
          "An atlas has a picture for each filter; found --filter %s, which wants several in one"
              .formatted(filters.text()));
    }
    if (top != null && photos == null) {
      throw new ParameterException(
          spec.commandLine(), "Option --top says how many photos are shown; add --photos FOLDER");
    }
    if (top != null && (top < 1 || top > MOST_TOP)) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --top should be a number from 1 to %d, found %d".formatted(MOST_TOP, top));
    }
  }

  private List<LayerWork> plan(LayerSelection selection) {
    if (filters == null) {
      return Atlas.plan(selection);
    }
    List<LayerWork> plan =
        selection.targets().stream()
            .map(target -> new LayerWork(target, filters.existing(target)))
            .filter(work -> !work.filters().isEmpty())
            .toList();
    if (plan.isEmpty()) {
      throw new PhospheneException(
          "None of the %d layers has a filter of --filter %s"
              .formatted(selection.targets().size(), filters.text()));
    }
    return plan;
  }

  private void announce(
      Console console,
      ActivationMaximization run,
      LayerSelection selection,
      List<LayerWork> plan,
      @Nullable PhotoFolder photoFolder) {
    console.note(
        "%s of %s"
            .formatted(
                count(
                    plan.stream().mapToInt(work -> work.filters().size()).sum(),
                    "1 picture",
                    "%d pictures"),
                count(plan.size(), "1 layer", "%d layers")));
    if (!selection.leftOut().isEmpty()) {
      console.note(
          "Left out: %d layers that make no new filters or are shown by another one; --layer chooses any, --verbose says why"
              .formatted(selection.leftOut().size()));
      selection
          .leftOut()
          .forEach(each -> console.detail("  %s: %s".formatted(each.layer(), each.reason())));
    }
    if (photoFolder != null) {
      console.note("%d photos in %s".formatted(photoFolder.names().size(), photoFolder.path()));
    }
    ContractOptions.announce(console::note, run.model(), run.contract());
    GivenFiles.announceHeld(console, run.model(), plan.get(0).target(), run.inputShape());
  }

  private static void tell(Console console, Path folder, Atlas.Result result) {
    result
        .photosSkipped()
        .ifPresent(why -> console.warning("Some photos could not be read; the first: " + why));
    for (LayerEntry layer : result.failed()) {
      console.warning("Layer \"%s\" is not shown: %s".formatted(layer.name(), layer.problem()));
    }
    if (result.interrupted()) {
      console.warning(
          "Interrupted: %s there; the same command makes the others"
              .formatted(count(result.made() + result.kept(), "1 picture is", "%d pictures are")));
    } else if (result.made() + result.kept() == 0) {
      throw new PhospheneException("Nothing was made: no layer could be visualized");
    }
    console.note(
        "Made %s, %s there; open %s"
            .formatted(
                count(result.made(), "1 picture", "%d pictures"),
                count(result.kept(), "1 was", "%d were"),
                folder.resolve(AtlasPages.PAGE)));
  }

  private static String count(int number, String one, String several) {
    return number == 1 ? one : several.formatted(number);
  }

  private static Map<String, Object> json(
      Path folder, Atlas atlas, Atlas.Result result, double seconds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("folder", folder.toString());
    json.put("index", folder.resolve(AtlasFiles.INDEX).toString());
    json.put("page", folder.resolve(AtlasPages.PAGE).toString());
    json.put("model", atlas.index().settings().model());
    json.put("made", result.made());
    json.put("kept", result.kept());
    json.put("interrupted", result.interrupted());
    json.put("layers", atlas.index().layers().stream().map(AtlasCommand::json).toList());
    json.put("seconds", seconds);
    return json;
  }

  private static Map<String, Object> json(LayerEntry layer) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", layer.name());
    json.put("filters", layer.filters());
    json.put("pictures", layer.pictures().size());
    if (!layer.problem().isEmpty()) {
      json.put("problem", layer.problem());
    }
    long diagnosed =
        layer.pictures().stream().flatMap(each -> Stream.ofNullable(each.diagnosis())).count();
    json.put("diagnosed", diagnosed);
    return json;
  }
}
