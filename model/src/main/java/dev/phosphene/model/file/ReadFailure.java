package dev.phosphene.model.file;

import dev.phosphene.graph.PhospheneException;
import java.nio.file.Path;

/** The one line that says why a model file cannot be read. */
public final class ReadFailure {
  /** Characters of a message; names in damaged files can be of any length. */
  private static final int MESSAGE_LENGTH = 600;

  private ReadFailure() {}

  /** The error for a file, with a reason that may quote the file. */
  public static PhospheneException of(Path path, String reason, Throwable cause) {
    return new PhospheneException(
        "Cannot read model %s: %s".formatted(path, printable(reason)), cause);
  }

  /** Text of one line, without control sequences for a terminal, and not too long. */
  public static String printable(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > MESSAGE_LENGTH ? line.substring(0, MESSAGE_LENGTH) + "…" : line;
  }
}
