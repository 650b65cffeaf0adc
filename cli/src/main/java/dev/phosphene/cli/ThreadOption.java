package dev.phosphene.cli;

import dev.phosphene.session.SessionSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many processor threads compute. */
final class ThreadOption {
  /** More than any machine of today has. */
  private static final int MOST = 4096;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Processor threads that compute; all where it is not given.")
  private int threads;

  /** Never 0: a record of the run is to say how many there were. */
  int count() {
    if (threads < 0 || threads > MOST) {
      throw new ParameterException(
          spec.commandLine(),
          "Option --threads should be from 1 to %d, or 0 for all, found %d"
              .formatted(MOST, threads));
    }
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  SessionSettings settings() {
    return SessionSettings.DEFAULT.withThreads(count());
  }
}
