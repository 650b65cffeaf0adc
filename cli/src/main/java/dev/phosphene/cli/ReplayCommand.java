package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.StepDisplay;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.Image;
import dev.phosphene.image.PngFile;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.Version;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a picture again from the record that it carries. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = "Make a picture again from the record in it, and compare the pixels.")
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE.png", description = "A picture that Phosphene made.")
  private Path file = Path.of("");

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "Where the model is now, if neither where it was nor beside the picture.")
  private @Nullable String model;

  @Option(
      names = "--from",
      paramLabel = "X.npy",
      description = "The input that the picture started from, if it did not start from noise.")
  private @Nullable Path from;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.png",
      description = "The file to write; FILE.replay.png where it is not given.")
  private @Nullable Path output;

  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    Console console = outputOptions.console();
    Path target = output != null ? output : defaultOutput();
    requireUsable(target);
    RunRecord record = record();
    Image original = Image.read(file);
    Image again = make(record, console);
    PngFile.write(target, again, record.toJson());
    boolean identical = again.equals(original);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", target.toString());
    json.put("original", file.toString());
    json.put("identical", identical);
    json.put("model", record.model());
    json.put("seconds", Seconds.since(start));
    outputOptions.printJson(console, json);
    return conclude(console, record, target, identical);
  }

  private Path defaultOutput() {
    String name = String.valueOf(file.getFileName());
    String base =
        OutputFile.hasExtension(file, ".png") ? name.substring(0, name.length() - 4) : name;
    return file.resolveSibling(base + ".replay.png");
  }

  private void requireUsable(Path target) {
    if (!OutputFile.hasExtension(target, ".png")) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --output should name a .png file, found %s".formatted(target));
    }
    OutputFile.requireWritable(target);
  }

  private RunRecord record() {
    String json =
        PngFile.recipe(file)
            .orElseThrow(
                () ->
                    new PhospheneException(
                        "%s carries no recipe: Phosphene did not make it, or another program wrote it since"
                            .formatted(file)));
    try {
      return RunRecord.fromJson(json);
    } catch (PhospheneException e) {
      throw new PhospheneException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private Image make(RunRecord record, Console console) {
    Model opened = RecordedModel.open(record.model(), file, model);
    ActivationMaximization run =
        ActivationMaximization.of(opened)
            .layer(record.layer())
            .softmax(record.softmax())
            .pictures(record.pictures())
            .recipe(record.recipe())
            .inputContract(record.input().applyTo(opened.inputContract()))
            .size(record.size())
            .seed(record.seed())
            .threads(record.threads());
    start(record, run);
    LayerOptions.announce(console, run.target());
    ContractOptions.announce(console::note, run.contract());
    try (StepDisplay display = new StepDisplay(console, "Replaying")) {
      List<Picture> made = run.onIteration(display).runAll();
      return run.sheet().of(made);
    }
  }

  private void start(RunRecord record, ActivationMaximization run) {
    if (record.start().equals(RunRecord.NOISE)) {
      return;
    }
    if (from == null) {
      throw new PhospheneException(
          "%s started from an input and not from noise; name that input with --from X.npy"
              .formatted(file));
    }
    Tensor input = ArrayOptions.read(from);
    if (!RunRecord.startOf(input).equals(record.start())) {
      throw new PhospheneException(
          "%s started from another input than %s; name the right one with --from"
              .formatted(file, from));
    }
    run.seedInput(input);
  }

  private int conclude(Console console, RunRecord record, Path target, boolean identical) {
    if (identical) {
      console.note("Wrote %s: the same pixels as %s".formatted(target, file));
      return 0;
    }
    if (!record.phosphene().equals(Version.CURRENT)) {
      console.warning(
          "Wrote %s: its pixels differ from %s, which version %s made; this is version %s"
              .formatted(target, file, record.phosphene(), Version.CURRENT));
      return 0;
    }
    console.warning(
        "Wrote %s: its pixels differ from %s; the file was changed, or another processor made it"
            .formatted(target, file));
    return Failures.WORK_FAILED;
  }
}
