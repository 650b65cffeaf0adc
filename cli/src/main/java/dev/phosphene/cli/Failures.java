package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** From whatever goes wrong to one line on standard error and an exit status. */
final class Failures {
  static final int WORK_FAILED = 1;
  static final int WRONG_USAGE = 2;

  /** What a shell reports of a process that Ctrl-C ended: 128 and the signal's number. */
  static final int INTERRUPTED = 130;

  private Failures() {}

  /** Reports a command line that cannot be understood. */
  static int wrongUsage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    ParameterException told = failure;
    List<String> unknown = command.getUnmatchedArguments();
    if (failure instanceof MissingParameterException && !unknown.isEmpty()) {
      told = new UnmatchedArgumentException(command, unknown); // a misspelt option is not missing
    }
    StringBuilder line = new StringBuilder(oneLine(String.valueOf(told.getMessage())));
    if (told instanceof UnmatchedArgumentException unmatched) {
      String first = unmatched.getUnmatched().get(0);
      if (command.getParent() == null && !first.startsWith("-")) {
        line = new StringBuilder("There is no command \"%s\"".formatted(oneLine(first)));
      }
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        line.append("; did you mean ").append(String.join(" or ", suggestions)).append('?');
      }
    }
    report(
        command.getErr(),
        "%s (see: %s --help)".formatted(line, command.getCommandSpec().qualifiedName()));
    return WRONG_USAGE;
  }

  /** Reports that a command failed; with {@code --verbose} also where in the program. */
  static int failedWork(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    report(err, explanation(failure));
    if (isVerbose(parsed)) {
      failure.printStackTrace(err);
    }
    return WORK_FAILED;
  }

  private static String explanation(Throwable failure) {
    if (failure instanceof PhospheneException) {
      return oneLine(String.valueOf(failure.getMessage()));
    }
    Throwable cause = failure instanceof FatalError ? failure.getCause() : failure;
    if (cause instanceof OutOfMemoryError) {
      return "Not enough memory: choose a smaller size or fewer filters, or give Java more with"
          + " JAVA_TOOL_OPTIONS=-Xmx (--verbose prints where)";
    }
    return "An unexpected failure: %s (--verbose prints where; please report it)"
        .formatted(oneLine(String.valueOf(cause)));
  }

  /** An error of the virtual machine, such as exhausted memory, on its way to the handler. */
  static final class FatalError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FatalError(Error cause) {
      super(cause);
    }
  }

  private static boolean isVerbose(ParseResult parsed) {
    ParseResult command = parsed;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    return command.hasMatchedOption("--verbose");
  }

  private static void report(PrintWriter err, String line) {
    err.println(PhospheneCommand.NAME + ": " + line);
  }

  /** Messages may quote files; line breaks and control characters in them stay there. */
  private static String oneLine(String message) {
    return message.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
  }
}
