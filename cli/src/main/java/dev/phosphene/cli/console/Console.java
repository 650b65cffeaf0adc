package dev.phosphene.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a command speaks: results go to standard output, all else to standard error.
 *
 * <p>What a run tells about itself waits until its work begins: a run that fails before says why,
 * in one line, and nothing else.
 */
public final class Console {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Verbosity verbosity;
  private final List<String> waiting = new ArrayList<>();
  private boolean begun;

  /** How much a command says on standard error. */
  public enum Verbosity {
    QUIET,
    NORMAL,
    VERBOSE
  }

  public Console(PrintWriter out, PrintWriter err, Verbosity verbosity) {
    this.out = out;
    this.err = err;
    this.verbosity = verbosity;
  }

  /** Prints a result. */
  public void result(String text) {
    out.println(text);
    out.flush();
  }

  /** Tells what the run is about, as soon as {@link #begin} is called, unless quiet. */
  public void note(String line) {
    if (verbosity == Verbosity.QUIET) {
      return;
    }
    if (begun) {
      err.println(line);
    } else {
      waiting.add(line);
    }
  }

  /** Tells what only {@code --verbose} asks for. */
  public void detail(String line) {
    if (verbosity == Verbosity.VERBOSE) {
      note(line);
    }
  }

  /** Tells of something that went wrong, even if quiet. */
  public void warning(String line) {
    err.println("phosphene: " + line);
  }

  /** The work begins: what waited is said now. */
  public void begin() {
    if (!begun) {
      begun = true;
      waiting.forEach(err::println);
      waiting.clear();
    }
  }

  /** A display of progress; it shows nothing where that would not do. */
  public Progress progress(String task, long steps) {
    boolean shown = verbosity == Verbosity.NORMAL && Terminal.isStandardError();
    return shown ? Progress.shown(task, steps) : Progress.hidden();
  }
}
