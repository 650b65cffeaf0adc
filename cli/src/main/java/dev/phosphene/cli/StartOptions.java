package dev.phosphene.cli;

import dev.phosphene.visualize.ActivationMaximization;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What pictures start from. */
final class StartOptions {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all random numbers; 0 where it is not given.")
  private long seed;

  @Mixin private SeedInputOption seedInput;

  void apply(ActivationMaximization run) {
    run.seed(seed);
    seedInput.applyTo(run);
  }
}
