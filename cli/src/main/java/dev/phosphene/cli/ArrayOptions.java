package dev.phosphene.cli;

import dev.phosphene.cli.picture.OutputFile;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.WholeFile;
import dev.phosphene.tensor.NumpyFile;
import dev.phosphene.tensor.NumpyFormatException;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

  Path output() {
    return output;
  }

  void write(Tensor result) {
    WholeFile.write(output, stream -> NumpyFile.write(result, stream));
  }
}
