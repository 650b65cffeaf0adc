package dev.phosphene.model.onnx;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * How files with external data are named to the runtime: from a root on, which is one for all files
 * of a model.
 */
final class FileLocations {
  private @Nullable Path root;

  /** Whether the runtime can find a file beside those admitted before it. */
  boolean admits(Path file) {
    Path own = file.getRoot();
    if (own == null || (root != null && !root.equals(own)) || !isNameable(file)) {
      return false;
    }
    root = own;
    return true;
  }

  /** Native code is given names in UTF-8, whatever the locale's character set. */
  private static boolean isNameable(Path file) {
    return StandardCharsets.US_ASCII.newEncoder().canEncode(file.toString())
        || "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
  }

  /** Names from the root on, as external data is located. */
  static String of(Path file) {
    return StreamSupport.stream(file.spliterator(), false)
        .map(Path::toString)
        .collect(Collectors.joining("/"));
  }

  /** The folder that all locations begin in; empty where no file was admitted. */
  Optional<Path> folder() {
    return Optional.ofNullable(root);
  }
}
