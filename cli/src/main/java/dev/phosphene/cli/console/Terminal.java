package dev.phosphene.cli.console;

/** Whether a person watches. */
final class Terminal {
  /** Set by the launcher, which can ask the system; Java cannot. */
  private static final String PROPERTY = "phosphene.terminal";

  private Terminal() {}

  /** Whether standard error is known to be a terminal. */
  static boolean isStandardError() {
    return Boolean.getBoolean(PROPERTY);
  }
}
