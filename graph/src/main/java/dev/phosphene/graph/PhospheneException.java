package dev.phosphene.graph;

/**
 * A failure that a user can act on. Its message is one line that says where, what was expected,
 * what was found and what to do; it is shown as it is.
 */
public class PhospheneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PhospheneException(String message) {
    super(message);
  }

  public PhospheneException(String message, Throwable cause) {
    super(message, cause);
  }
}
