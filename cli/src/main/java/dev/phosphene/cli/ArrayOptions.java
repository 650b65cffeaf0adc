package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.WholeFile;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.NumpyFormatException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Target;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of commands that take and give arrays as {@code .npy} files. */
final class ArrayOptions {
  private static final String EXTENSION = ".npy";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "X.npy",
      required = true,
      description = "The input, in the shape and units that the model takes.")
  private Path input = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "Y.npy",
      required = true,
      description = "The file to write.")
  private Path output = Path.of("");

  /** Checks, before the work, that the result can be written. */
  void requireWritableOutput() {
    if (!OutputFile.hasExtension(output, EXTENSION)) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --output should name a .npy file, found %s".formatted(output));
    }
    OutputFile.requireWritable(output);
  }

  Tensor read() {
    return read(input);
  }

  /**
   * Reads an array.
   *
   * @throws PhospheneException where the file is missing, damaged, or not an array
   */
  static Tensor read(Path file) {
    try {
      return NumpyFile.read(file);
    } catch (NumpyFormatException e) {
      throw new PhospheneException("Cannot read array %s: %s".formatted(file, e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new PhospheneException("Cannot read array %s: no such file".formatted(file), e);
    } catch (IOException e) {
      throw new PhospheneException(
          "Cannot read array %s: no permission, or %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Writes a result and says so.
   *
   * @return what {@code --json} tells of every result, to be added to
   */
  Map<String, Object> write(Console console, Tensor result, String model, Target target) {
    WholeFile.write(output, stream -> NumpyFile.write(result, stream));
    console.note("Wrote %s: %s".formatted(output, result));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", output.toString());
    json.put("shape", result.sizes());
    json.put("type", result.type().toString());
    json.put("model", model);
    json.put("layer", target.layer().name());
    json.put("beforeSoftmax", target.beforeSoftmax());
    return json;
  }
}
