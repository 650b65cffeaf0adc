package dev.phosphene.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Inputs that a command holds while it looks for another. */
final class HeldOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "NAME=FILE",
      converter = NamedFile.Converter.class,
      description =
          "For models with several inputs: a .npy file or picture at which an input is held while"
              + " another is optimized; may be repeated.")
  private List<NamedFile> inputs = new ArrayList<>();

  /**
   * Reads the inputs.
   *
   * @throws ParameterException where one has no name
   * @throws dev.phosphene.graph.PhospheneException where a file cannot be read
   */
  GivenFiles read() {
    for (NamedFile input : inputs) {
      if (!input.isNamed()) {
        throw new ParameterException(
            spec.commandLine(),
            "Option --input holds an input by its name here, such as --input mask=%s; to start from one, say --seed-input %s"
                .formatted(input.file(), input.file()));
      }
    }
    return GivenFiles.read(inputs);
  }
}
