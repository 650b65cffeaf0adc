package dev.phosphene.visualize;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what pictures were made from, in lower-case hexadecimal digits. */
final class Fingerprint {
  private static final int READ_AT_ONCE = 1 << 16;

  private Fingerprint() {}

  /** Of the elements as little-endian float32 in C order. */
  static String of(Tensor tensor) {
    MessageDigest digest = digest();
    digest.update(tensor.as(ElementType.FLOAT32).bytes());
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Of all bytes of a file.
   *
   * @throws PhospheneException where it cannot be read
   */
  static String of(Path file) {
    MessageDigest digest = digest();
    try (InputStream content = Files.newInputStream(file)) {
      byte[] buffer = new byte[READ_AT_ONCE];
      for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    } catch (IOException e) {
      throw new PhospheneException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
