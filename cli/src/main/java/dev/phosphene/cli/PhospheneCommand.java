package dev.phosphene.cli;

import dev.phosphene.visualize.Version;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The command {@code phosphene}: the parent of all others. */
@Command(
    name = PhospheneCommand.NAME,
    description = "Shows what a trained network has learned.",
    mixinStandardHelpOptions = true,
    versionProvider = PhospheneCommand.VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LayersCommand.class,
      ActivateCommand.class,
      AtlasCommand.class,
      SaliencyCommand.class,
      CamCommand.class,
      GradientCommand.class,
      RunCommand.class,
      ConvertCommand.class,
      ReplayCommand.class,
      DemoCommand.class,
      BenchmarkCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "MODEL is an ONNX file, or the word \"demo\" for the embedded network.",
      "Help on a command: phosphene COMMAND --help",
      "Exit status: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted."
    })
final class PhospheneCommand implements Runnable {
  static final String NAME = "phosphene";

  @Spec private CommandSpec spec;

  /** All commands, ready to execute. */
  static CommandLine commandLine() {
    Charset charset = Charset.defaultCharset();
    return new CommandLine(new PhospheneCommand())
        .setOut(new PrintWriter(System.out, true, charset))
        .setErr(new PrintWriter(System.err, true, charset))
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(PhospheneCommand::execute)
        .setParameterExceptionHandler(Failures::wrongUsage)
        .setExecutionExceptionHandler(Failures::failedWork);
  }

  private static int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (Error failure) { // else picocli would let it through, to end in a stack trace
      throw new ExecutionException(
          parsed.commandSpec().commandLine(), "fatal", new Failures.FatalError(failure));
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing");
  }

  /** The version of the build. */
  static final class VersionProvider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Phosphene " + Version.CURRENT};
    }
  }
}
