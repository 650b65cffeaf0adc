package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.image.WholeFile;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Target;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Results that are arrays, as {@code .npy} files. */
final class ArrayFile {
  private ArrayFile() {}

  /**
   * Checks, before the work, that a result can be written.
   *
   * @param option that named the file
   * @throws ParameterException where the name has another ending
   */
  static void requireUsable(CommandSpec spec, String option, Path file) {
    if (!OutputFile.hasExtension(file, GivenInput.ARRAY_EXTENSION)) {
      throw new ParameterException(
          spec.commandLine(),
          "Option %s should name a .npy file, found %s".formatted(option, file));
    }
    OutputFile.requireWritable(file);
  }

  /** Writes a result, as a whole or not at all, and says so. */
  static void write(Console console, Path file, Tensor result) {
    WholeFile.write(file, stream -> NumpyFile.write(result, stream));
    console.note("Wrote %s: %s".formatted(file, result));
  }

  /** What {@code --json} tells of a result that is an array, to be added to. */
  static Map<String, Object> json(Path file, Tensor result, String model, Target target) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file.toString());
    json.put("shape", result.sizes());
    json.put("type", result.type().toString());
    json.put("model", model);
    json.put("layer", target.layer().name());
    json.put("beforeSoftmax", target.beforeSoftmax());
    return json;
  }
}
