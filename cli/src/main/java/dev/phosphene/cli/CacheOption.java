package dev.phosphene.cli;

import dev.phosphene.cli.console.Console;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.session.cache.SessionCache;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where compiled networks are kept. */
final class CacheOption {
  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      description =
          "Keep what is compiled in this folder, up to 8 GB of it, so that the next start with the"
              + " same model is quick.")
  private @Nullable Path folder;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /**
   * The folder, ready to be used.
   *
   * @throws PhospheneException where nothing can be kept there
   */
  Optional<SessionCache> open(Console console) {
    if (folder != null && folder.toString().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Option --cache should name a folder, found an empty name");
    }
    return Optional.ofNullable(folder).map(path -> SessionCache.in(path, console::warning));
  }
}
