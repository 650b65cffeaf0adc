package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a model as an ONNX file. */
@Command(
    name = "convert",
    customSynopsis = "phosphene convert MODEL -o MODEL.onnx [OPTIONS]",
    mixinStandardHelpOptions = true,
    description =
        "Write a model as an ONNX file, exchanged activations and labels included, that any ONNX"
            + " runtime can run.")
final class ConvertCommand implements Callable<Integer> {
  private static final String EXTENSION = ".onnx";

  /** The note in a model's metadata that holds its labels, one a line. */
  private static final String LABELS = "phosphene.labels";

  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;
  @Mixin private OutputOptions outputOptions;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.onnx",
      required = true,
      description = "The file to write; weights beyond 2 GB go to FILE.onnx.data beside it.")
  private Path output = Path.of("");

  @Override
  public Integer call() {
    if (!OutputFile.hasExtension(output, EXTENSION)) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --output should name a .onnx file, found %s".formatted(output));
    }
    OutputFile.requireWritable(output);
    Console console = outputOptions.console();
    Model model = modelOptions.open();
    Map<String, String> metadata = new LinkedHashMap<>(model.metadata());
    if (!model.labels().isEmpty()) {
      metadata.put(LABELS, String.join("\n", model.labels()));
    }
    OnnxWriter.write(model.graph(), metadata, output);
    console.note("Wrote " + output);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", output.toString());
    json.put("model", modelOptions.name());
    json.put("inputs", model.graph().inputs().stream().map(input -> input.name()).toList());
    json.put("outputs", model.graph().outputs());
    outputOptions.printJson(console, json);
    return 0;
  }
}
