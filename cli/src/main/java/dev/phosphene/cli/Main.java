package dev.phosphene.cli;

/** The program: runs one command and ends the process with its status. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(PhospheneCommand.commandLine(arguments).execute(arguments));
  }
}
