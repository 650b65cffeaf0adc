package dev.phosphene.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The input that a command looks at, and those that it holds. */
final class InputOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "[NAME=]FILE",
      required = true,
      converter = NamedFile.Converter.class,
      description =
          "The input: a .npy file in the shape and units that the model takes, or a picture, which"
              + " is cut and resized; with several inputs NAME=FILE for each, those left out being"
              + " held.")
  private List<NamedFile> inputs = new ArrayList<>();

  Path file() {
    return GivenFiles.first(inputs);
  }

  /**
   * Reads the inputs.
   *
   * @throws ParameterException where two have no name
   * @throws dev.phosphene.graph.PhospheneException where a file cannot be read
   */
  GivenFiles read() {
    if (inputs.stream().filter(input -> !input.isNamed()).count() > 1) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --input was given twice; say which input each file is for, such as --input"
              + " mask=m.npy");
    }
    return GivenFiles.read(inputs);
  }
}
