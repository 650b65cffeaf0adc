package dev.phosphene.model.onnx;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.file.MappedFile;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import dev.phosphene.tensor.FileRegion;
import dev.phosphene.tensor.FileVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files beside a model that hold its weights, mapped once each. Nothing outside the model's
 * folder is opened, whatever the model or a symbolic link says.
 */
final class ExternalData {
  private final FileVersion model;
  private final Path folder;
  private final Map<String, DataFile> files = new HashMap<>();

  /**
   * A file that holds tensors.
   *
   * @param whole its mapped content; null where it is too large for one mapping
   */
  private record DataFile(FileVersion file, long size, @Nullable ByteBuffer whole) {
    Path path() {
      return file.path();
    }
  }

  /** The bytes of a tensor, mapped, and where they were found. */
  record Content(ByteBuffer bytes, FileRegion region) {}

  /** The external data of a model file. */
  ExternalData(Path model) {
    Path parent = model.toAbsolutePath().getParent();
    this.folder = parent == null ? model.toAbsolutePath() : parent;
    try {
      this.model = FileVersion.of(model);
    } catch (IOException e) {
      throw new PhospheneException(MappedFile.reason(e), e);
    }
  }

  /** The model file itself. */
  FileVersion model() {
    return model;
  }

  /**
   * The bytes of one tensor.
   *
   * @param tensor its name, for messages
   * @param entries what the model says of its place: "location", "offset", "length"
   * @param expected number of bytes that type and sizes ask for
   */
  Content open(String tensor, List<StringStringEntryProto> entries, long expected) {
    String location = "";
    long offset = 0;
    long length = expected;
    for (StringStringEntryProto entry : entries) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(tensor, entry);
        case "length" -> length = number(tensor, entry);
        default -> {} // "checksum" and keys yet unknown do not say where the data is
      }
    }
    if (length != expected) {
      throw new PhospheneException(
          "tensor \"%s\" needs %d bytes, but the model says that \"%s\" has %d for it"
              .formatted(tensor, expected, location, length));
    }
    DataFile file = files.get(location);
    if (file == null) {
      file = find(tensor, location);
      files.put(location, file);
    }
    if (length > Integer.MAX_VALUE) {
      throw new PhospheneException(
          "tensor \"%s\" has %d bytes; a single tensor may have at most 2 GiB"
              .formatted(tensor, length));
    }
    if (offset > file.size() - length) {
      throw new PhospheneException(
          "tensor \"%s\" lies at bytes %d to %d of %s, but that file has only %d: is it complete?"
              .formatted(tensor, offset, offset + length, file.path(), file.size()));
    }
    return new Content(slice(file, offset, length), new FileRegion(file.file(), offset));
  }

  private static ByteBuffer slice(DataFile file, long offset, long length) {
    ByteBuffer whole = file.whole();
    if (whole != null) {
      return whole.slice((int) offset, (int) length);
    }
    try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
    } catch (IOException e) {
      throw new PhospheneException(
          "cannot map %s: %s".formatted(file.path(), MappedFile.reason(e)), e);
    }
  }

  private static long number(String tensor, StringStringEntryProto entry) {
    try {
      long number = Long.parseLong(entry.getValue().strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // falls through to the message that a negative number gets too
    }
    throw new PhospheneException(
        "the %s of tensor \"%s\" in its external data file is \"%s\", expected a number of bytes"
            .formatted(entry.getKey(), tensor, entry.getValue()));
  }

  private DataFile find(String tensor, String location) {
    try {
      Path path = resolve(tensor, location);
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        long size = channel.size();
        ByteBuffer whole =
            size > Integer.MAX_VALUE ? null : channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
        return new DataFile(FileVersion.of(path), size, whole);
      }
    } catch (IOException e) {
      throw new PhospheneException(
          "cannot read %s, which holds the data of tensor \"%s\": %s"
              .formatted(folder.resolve(location), tensor, MappedFile.reason(e)),
          e);
    }
  }

  private Path resolve(String tensor, String location) throws IOException {
    if (location.isEmpty()) {
      throw new PhospheneException(
          "tensor \"%s\" has external data, but the model does not say in which file"
              .formatted(tensor));
    }
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw outside(tensor, location);
    }
    if (relative.isAbsolute() || location.startsWith("/") || location.startsWith("\\")) {
      throw outside(tensor, location);
    }
    Path root = folder.toRealPath();
    Path path = root.resolve(relative).normalize();
    if (!path.startsWith(root)) {
      throw outside(tensor, location);
    }
    if (Files.notExists(path)) {
      throw new PhospheneException(
          "the data of tensor \"%s\" is in the file %s, which does not exist: put it beside the"
                  .formatted(tensor, folder.resolve(relative).normalize())
              + " model");
    }
    Path real = path.toRealPath();
    if (!real.startsWith(root)) {
      throw outside(tensor, location);
    }
    if (!Files.isRegularFile(real)) {
      throw new PhospheneException(
          "the data of tensor \"%s\" should be in %s, which is not a file".formatted(tensor, path));
    }
    return real;
  }

  private static PhospheneException outside(String tensor, String location) {
    return new PhospheneException(
        "the model wants the data of tensor \"%s\" from \"%s\", outside the model's folder; that is"
                .formatted(tensor, location)
            + " not read");
  }
}
