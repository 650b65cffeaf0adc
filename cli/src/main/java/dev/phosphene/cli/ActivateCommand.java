package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.Interruption;
import dev.phosphene.cli.console.StepDisplay;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.PngFile;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.Sheet;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.callback.GifRecorder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes pictures of what excites filters. */
@Command(
    name = "activate",
    mixinStandardHelpOptions = true,
    description = "Make pictures of what excites filters: one picture, or a sheet of several.",
    footer = {
      "",
      "Ctrl-C stops after the step under way and keeps what there is; a second one ends at once."
    })
final class ActivateCommand implements Callable<Integer> {
  private static final List<String> EXTENSIONS = List.of(".png", ".gif");

  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;
  @Mixin private LayerOptions layerOptions;
  @Mixin private RecipeOptions recipeOptions;
  @Mixin private ContractOptions contractOptions;
  @Mixin private StartOptions startOptions;
  @Mixin private ThreadOption threads;
  @Mixin private OutputOptions outputOptions;

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "F",
      required = true,
      converter = FilterSelection.Converter.class,
      description = "Filters: 20, or 20,21, or 0-63, or all; 20+21 for both in one picture.")
  private FilterSelection filters;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "The .png file to write, or a .gif file that shows the picture emerge;"
              + " MODEL-LAYER-FILTER.png where it is not given.")
  private @Nullable Path output;

  @Override
  public Integer call() {
    if (output != null) {
      requireUsable(output);
    }
    long start = System.nanoTime();
    Console console = outputOptions.console();
    Model model = modelOptions.open();
    ActivationMaximization run =
        layerOptions
            .applyTo(ActivationMaximization.of(model))
            .recipe(recipeOptions.recipe())
            .inputContract(contractOptions.contract(model))
            .threads(threads.count());
    startOptions.apply(run);
    Target target = run.target();
    List<List<Integer>> wanted = filters.resolve(target);
    run.pictures(wanted);
    Path file = output != null ? output : defaultFile(target);
    requireUsable(file);
    LayerOptions.announce(console, target);
    ContractOptions.announce(console::note, run.contract());

    boolean animated = OutputFile.hasExtension(file, ".gif");
    if (animated) {
      run.onIteration(new GifRecorder(file));
    }
    List<Picture> made;
    boolean interrupted;
    try (Interruption interruption = Interruption.ofThisThread(console);
        StepDisplay display = new StepDisplay(console, "Optimizing")) {
      run.onIteration(
          iteration -> {
            interruption.stepTaken();
            display.onIteration(iteration);
          });
      made = run.runAll();
      interrupted = interruption.end();
    }
    Sheet sheet = run.sheet();
    ActivationReport report = new ActivationReport(sheet, made);
    report.requireSteps();
    RunRecord record = run.record(made);
    if (!animated) {
      PngFile.write(file, sheet.of(made), record.toJson());
    }
    report.tell(console, file, record, wanted.size());
    outputOptions.printJson(
        console, report.json(file, record, run.contract(), target, Seconds.since(start)));
    return interrupted ? Failures.INTERRUPTED : 0;
  }

  private void requireUsable(Path file) {
    if (EXTENSIONS.stream().noneMatch(extension -> OutputFile.hasExtension(file, extension))) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --output should name a .png or .gif file, found %s".formatted(file));
    }
    OutputFile.requireWritable(file);
  }

  private Path defaultFile(Target target) {
    Path model = Path.of(modelOptions.name()).getFileName();
    if (model == null) {
      throw new PhospheneException("Name the file to write with -o");
    }
    String name =
        "%s-%s-%s"
            .formatted(
                model.toString().replaceFirst("\\.[A-Za-z0-9]+$", ""),
                target.layer().name(),
                filters.text());
    return Path.of(name.replaceAll("[^A-Za-z0-9._+-]", "_") + ".png");
  }
}
