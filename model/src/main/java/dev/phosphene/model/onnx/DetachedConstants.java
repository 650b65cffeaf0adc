package dev.phosphene.model.onnx;

import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.FileRegion;
import dev.phosphene.tensor.FileVersion;
import dev.phosphene.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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
  private final FileLocations locations = new FileLocations();

  /** The declaration of one constant of the main graph. */
  TensorProto declare(String name, Tensor tensor) {
    if (OnnxWriter.isAttached(tensor)) {
      return TensorEncoder.inline(name, tensor);
    }
    Optional<FileRegion> region =
        tensor.origin().filter(found -> usable.computeIfAbsent(found.file(), this::isUsable));
    if (region.isPresent()) {
      String location = FileLocations.of(region.get().file().path());
      return TensorEncoder.inFile(name, tensor, location, region.get().offset());
    }
    inMemory.put(name, tensor);
    return TensorEncoder.elsewhere(name, tensor, name).build();
  }

  /** Another file may have taken this one's place since; its mapping still has the old bytes. */
  private boolean isUsable(FileVersion file) {
    return file.isCurrent() && locations.admits(file.path());
  }

  /** The folder that all locations begin in; empty where no constant is in a file. */
  Optional<Path> folder() {
    return locations.folder();
  }

  /** The constants to be handed over, by name. */
  Map<String, Tensor> inMemory() {
    return inMemory;
  }
}
