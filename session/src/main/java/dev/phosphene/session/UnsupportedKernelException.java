package dev.phosphene.session;

import dev.phosphene.graph.PhospheneException;

/** The runtime knows an operator but cannot compute it for these element types or attributes. */
public final class UnsupportedKernelException extends PhospheneException {
  private static final long serialVersionUID = 1L;

  UnsupportedKernelException(String message, Throwable cause) {
    super(message, cause);
  }
}
