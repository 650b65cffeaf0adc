package dev.phosphene.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The input that a command looks at. */
final class InputOption {
  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      required = true,
      description =
          "The input: a .npy file in the shape and units that the model takes, or a picture, which"
              + " is cut and resized.")
  private Path input = Path.of("");

  Path file() {
    return input;
  }

  /**
   * Reads the input.
   *
   * @throws dev.phosphene.graph.PhospheneException where the file cannot be read
   */
  GivenInput read() {
    return GivenInput.read(input);
  }
}
