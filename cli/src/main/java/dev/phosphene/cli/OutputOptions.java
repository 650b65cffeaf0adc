package dev.phosphene.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.phosphene.cli.console.Console;
import dev.phosphene.cli.console.Console.Verbosity;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options about what a command says. */
final class OutputOptions {
  // Escaped, so that it is JSON whatever the terminal's character set.
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--json", description = "Print the result as one JSON object on standard output.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing but results and errors.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more: the losses of every iteration; where a failure came from.")
  private boolean verbose;

  boolean isJson() {
    return json;
  }

  boolean isQuiet() {
    return quiet;
  }

  Console console() {
    return new Console(
        spec.commandLine().getOut(),
        spec.commandLine().getErr(),
        verbose ? Verbosity.VERBOSE : quiet ? Verbosity.QUIET : Verbosity.NORMAL);
  }

  /** Prints a result, where JSON is wanted. */
  void printJson(Console console, Map<String, ?> result) {
    if (json) {
      try {
        console.result(JSON.writeValueAsString(result));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("A result is not JSON: " + result.keySet(), e);
      }
    }
  }
}
