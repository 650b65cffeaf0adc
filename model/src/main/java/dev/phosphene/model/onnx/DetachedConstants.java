package dev.phosphene.model.onnx;

import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.FileRegion;
import dev.phosphene.tensor.FileVersion;
import dev.phosphene.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * How the constants of a detached model are declared: within it, in the files that they were read
 * from, or to be handed over from memory.
 *
 * <p>The runtime maps weights in files by itself, one at a time while it rearranges them, and keeps
 * only what it computes with; what it is handed from memory it copies.
 */
final class DetachedConstants {
  private final Map<String, Tensor> inMemory = new LinkedHashMap<>();
  private final Map<FileVersion, Boolean> usable = new HashMap<>();
  private @Nullable Path root;

  /** The declaration of one constant of the main graph. */
  TensorProto declare(String name, Tensor tensor) {
    if (OnnxWriter.isAttached(tensor)) {
      return TensorEncoder.inline(name, tensor);
    }
    Optional<FileRegion> region =
        tensor.origin().filter(found -> usable.computeIfAbsent(found.file(), this::isUsable));
    if (region.isPresent()) {
      String location = location(region.get().file().path());
      return TensorEncoder.inFile(name, tensor, location, region.get().offset());
    }
    inMemory.put(name, tensor);
    return TensorEncoder.elsewhere(name, tensor, name).build();
  }

  /** Another file may have taken this one's place since; its mapping still has the old bytes. */
  private boolean isUsable(FileVersion file) {
    Path own = file.path().getRoot();
    if (own == null || (root != null && !root.equals(own)) || !isNameable(file.path())) {
      return false;
    }
    if (!file.isCurrent()) {
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
  private static String location(Path file) {
    return StreamSupport.stream(file.spliterator(), false)
        .map(Path::toString)
        .collect(Collectors.joining("/"));
  }

  /** The folder that all locations begin in; empty where no constant is in a file. */
  Optional<Path> folder() {
    return Optional.ofNullable(root);
  }

  /** The constants to be handed over, by name. */
  Map<String, Tensor> inMemory() {
    return inMemory;
  }
}
