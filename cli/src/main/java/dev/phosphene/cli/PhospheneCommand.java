package dev.phosphene.cli;

import dev.phosphene.session.Session;
import dev.phosphene.visualize.Version;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
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
    footer = {
      "",
      "MODEL is an ONNX file, or the word \"demo\" for the embedded network.",
      "Help on a command: phosphene COMMAND --help",
      "Exit status: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted."
    })
final class PhospheneCommand implements Runnable {
  static final String NAME = "phosphene";

  private static final List<Class<?>> COMMANDS =
      List.of(
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
          HelpCommand.class);

  @Spec private CommandSpec spec;

  /**
   * The command that the first argument names, ready to execute; all of them where it names none,
   * or help, which tells of all. To learn the options of all takes a fifth of a second.
   */
  static CommandLine commandLine(String... arguments) {
    Charset charset = Charset.defaultCharset();
    CommandLine commandLine = new CommandLine(new PhospheneCommand());
    named(arguments).forEach(commandLine::addSubcommand);
    return commandLine
        .setOut(new PrintWriter(System.out, true, charset))
        .setErr(new PrintWriter(System.err, true, charset))
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(PhospheneCommand::execute)
        .setParameterExceptionHandler(Failures::wrongUsage)
        .setExecutionExceptionHandler(Failures::failedWork);
  }

  private static List<Class<?>> named(String... arguments) {
    if (arguments.length > 0) {
      for (Class<?> command : COMMANDS) {
        if (command != HelpCommand.class
            && command.getAnnotation(Command.class).name().equals(arguments[0])) {
          return List.of(command);
        }
      }
    }
    return COMMANDS;
  }

  private static int execute(ParseResult parsed) {
    if (parsed.hasSubcommand()
        && parsed.subcommand().commandSpec().findOption("--threads") != null) {
      // While the model is read; cut short it would leave a file of 20 MB behind.
      Background.beginWhole(Session::load);
    }
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
