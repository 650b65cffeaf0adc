package dev.phosphene.cli;

import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The input that pictures start from. */
final class SeedInputOption {
  @Option(
      names = "--seed-input",
      paramLabel = "FILE",
      description =
          "An input to start from in the place of noise: a .npy file in the shape and units that"
              + " the model takes, or a picture, which is cut and resized.")
  private @Nullable Path file;

  /** The file, where it was given. */
  Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /**
   * Gives the input to a run.
   *
   * @return what the network takes; empty where pictures start from noise
   * @throws dev.phosphene.graph.PhospheneException where the file cannot be read, or gives no input
   *     of the model
   */
  Optional<Tensor> applyTo(ActivationMaximization run) {
    if (file == null) {
      return Optional.empty();
    }
    Tensor input = GivenInput.read(file).tensor(run.model(), run.contract());
    run.seedInput(input);
    return Optional.of(input);
  }
}
