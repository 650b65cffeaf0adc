package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.AnimationFormat;
import dev.phosphene.image.Image;
import dev.phosphene.image.PictureFormat;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.AttributionRecord;
import dev.phosphene.visualize.PictureRecord;
import dev.phosphene.visualize.RunRecord;
import dev.phosphene.visualize.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a picture again from the record that it carries. */
@Command(
    name = "replay",
    customSynopsis = "phosphene replay FILE [-o FILE] [OPTIONS]",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Make a picture or an animation again from the record in it, and compare the two.")
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A picture or an animation that Phosphene made.")
  private Path file = Path.of("");

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "Where the model is now, if neither where it was nor beside the picture.")
  private @Nullable String model;

  @Mixin private SeedInputOption seedInput;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "[NAME=]FILE",
      converter = NamedFile.Converter.class,
      description =
          "For saliency and cam: where the input is now, if neither where it was nor beside the"
              + " picture; NAME=FILE for an input that was held at an array too large for the"
              + " picture.")
  private List<NamedFile> inputs = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "The file to write, of the same kind; NAME.replay.png, or how FILE ends, where it is not"
              + " given.")
  private @Nullable Path output;

  @Mixin private RawOptions rawOptions;
  @Mixin private OutputOptions outputOptions;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    Console console = outputOptions.console();
    PictureFormat format = PictureFormat.ofContent(file);
    Path target =
        output != null
            ? output
            : file.resolveSibling(PictureFiles.stem(file) + ".replay" + format.extensions().get(0));
    PictureFiles.requireUsable(spec, "--output", target, format.extensions());
    rawOptions.requireUsable();
    PictureRecord record = record(format);
    boolean identical = isMadeAgain(record, target, format, console);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", target.toString());
    json.put("original", file.toString());
    json.put("identical", identical);
    json.put("model", record.model());
    json.put("seconds", Seconds.since(start));
    outputOptions.printJson(console, json);
    return conclude(console, record, target, format, identical);
  }

  private PictureRecord record(PictureFormat format) {
    Optional<String> json = format.recipe(file);
    try {
      return PictureRecord.fromJson(
          json.orElseThrow(
              () ->
                  new PhospheneException(
                      "it carries no recipe, so Phosphene did not make it, or another program wrote it since")));
    } catch (PhospheneException e) {
      throw new PhospheneException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Writes the picture and says whether it is the same as the one before. */
  private boolean isMadeAgain(
      PictureRecord record, Path target, PictureFormat format, Console console) {
    if (format instanceof AnimationFormat && record instanceof RunRecord run) {
      byte[] original = bytes(file); // the target may be the same file
      new ActivationReplay(run, file, opened(record)).animation(target, seedInput, console);
      return Arrays.equals(original, bytes(target));
    }
    Image original = Image.read(file);
    Image again;
    if (record instanceof RunRecord run) {
      ActivationReplay replay = new ActivationReplay(run, file, opened(record));
      again = replay.picture(seedInput, rawOptions, console);
    } else {
      again =
          new AttributionReplay((AttributionRecord) record, file, opened(record))
              .picture(input(), console);
    }
    PictureFiles.write(target, again, record);
    return Image.read(target).equals(original); // as the file has it: some formats lose a little
  }

  private Model opened(PictureRecord record) {
    Map<String, Tensor> held = new HashMap<>();
    for (NamedFile each : inputs) {
      if (each.isNamed() && GivenInput.read(each.file()) instanceof GivenInput.Array array) {
        held.put(each.input(), array.tensor());
      }
    }
    Model opened = RecordedModel.open(record.model(), file, model, held);
    String main = record.input().name();
    return opened.graph().isInput(main) ? opened.withMainInput(main) : opened;
  }

  /** Where the input that is explained is now; null where the user does not say. */
  private @Nullable Path input() {
    return inputs.stream()
        .filter(each -> !each.isNamed())
        .map(NamedFile::file)
        .findFirst()
        .orElse(null);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new PhospheneException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private int conclude(
      Console console, PictureRecord record, Path target, PictureFormat format, boolean identical) {
    String content = format instanceof AnimationFormat ? "content" : "pixels";
    if (identical) {
      console.note("Wrote %s: the same %s as %s".formatted(target, content, file));
      return 0;
    }
    if (!record.phosphene().equals(Version.CURRENT)) {
      console.warning(
          "Wrote %s: not the same %s as %s, which version %s made; this is version %s"
              .formatted(target, content, file, record.phosphene(), Version.CURRENT));
      return 0;
    }
    console.warning(
        "Wrote %s: not the same %s as %s; the file was changed, or another processor made it"
            .formatted(target, content, file));
    return Failures.WORK_FAILED;
  }
}
