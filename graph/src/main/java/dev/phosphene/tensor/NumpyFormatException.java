package dev.phosphene.tensor;

import java.io.IOException;

/** A file is not one of NumPy's, or not one that can be read here; the message is one line. */
public final class NumpyFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public NumpyFormatException(String message) {
    super(message);
  }
}
