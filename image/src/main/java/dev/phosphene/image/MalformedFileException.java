package dev.phosphene.image;

/** What is wrong inside a file; its reader adds which file, and says it as a PhospheneException. */
final class MalformedFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedFileException(String message) {
    super(message);
  }
}
