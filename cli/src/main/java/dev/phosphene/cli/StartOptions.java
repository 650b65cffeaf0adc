package dev.phosphene.cli;

import dev.phosphene.visualize.ActivationMaximization;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What pictures start from. */
final class StartOptions {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all random numbers; 0 where it is not given.")
  private long seed;

  @Option(
      names = "--from",
      paramLabel = "X.npy",
      description =
          "An input to start from in the place of noise, in the shape and units that the model"
              + " takes; for the recipe keras-vis.")
  private @Nullable Path from;

  void apply(ActivationMaximization run) {
    run.seed(seed);
    if (from != null) {
      run.seedInput(ArrayOptions.read(from));
    }
  }
}
