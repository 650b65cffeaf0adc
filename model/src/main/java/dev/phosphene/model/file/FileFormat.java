package dev.phosphene.model.file;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What kind of model file a file is, by its content: endings of names are no evidence. */
public enum FileFormat {
  /** Protocol buffers, or something that is no model at all. */
  ONNX,
  /** A ZIP archive, as Keras 3 writes whole models. */
  KERAS_ARCHIVE,
  /** HDF5, as Keras writes whole models and weights. */
  HDF5,
  /** JSON, as Keras writes a model without its weights. */
  KERAS_ARCHITECTURE;

  /** Bytes of a file that are looked at; JSON may begin with white space. */
  private static final int BEGINNING = 512;

  private static final String HDF5_SIGNATURE = "\u0089HDF\r\n\u001a\n";

  /**
   * The format of a file.
   *
   * @throws PhospheneException where there is no such file or it cannot be read
   */
  public static FileFormat of(Path path) {
    try {
      MappedFile.require(path);
      return of(beginning(path));
    } catch (IOException e) {
      throw ReadFailure.of(path, MappedFile.reason(e), e);
    } catch (PhospheneException e) {
      throw ReadFailure.of(path, String.valueOf(e.getMessage()), e);
    }
  }

  private static String beginning(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(BEGINNING);
      int count = 0;
      while (bytes.hasRemaining() && count >= 0) {
        count = channel.read(bytes);
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
  }

  private static FileFormat of(String beginning) {
    if (beginning.startsWith("PK\3\4")) {
      return KERAS_ARCHIVE;
    } else if (beginning.startsWith(HDF5_SIGNATURE)) {
      return HDF5;
    }
    return beginning.stripLeading().startsWith("{") ? KERAS_ARCHITECTURE : ONNX;
  }
}
