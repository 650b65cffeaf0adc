package dev.phosphene.model.onnx;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.phosphene.graph.Graph;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.StringStringEntryProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.FileRegion;
import dev.phosphene.tensor.FileVersion;
import dev.phosphene.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A graph in one file, from which a session maps its weights: large constants, each from the
 * beginning of a page on; the model; and what tells whether the file is whole and which it is.
 *
 * <p>Constants of the files that the digest names stay there. The model names no path but gives
 * files numbers: whatever stands in such a file, it leads to itself and to files that the graph
 * came from, and to no other.
 */
public final class KeptModel {
  /** The location of constants in the kept file itself; the graph's own files follow. */
  private static final int ITSELF = 0;

  /** The digest, where the model begins, a checksum of all before it, and the format. */
  private static final int DIGEST_LENGTH = 64;

  private static final int TRAILER_LENGTH = DIGEST_LENGTH + 3 * Long.BYTES;
  private static final long FORMAT = 0x50484F5350480001L; // "PHOSPH", first version

  private static final int CHUNK = 1 << 20;

  private KeptModel() {}

  /**
   * Writes a graph, whole or not at all.
   *
   * @param digest by which it will be found, not necessarily of the same form of the graph
   * @param file of a name that no other digest has; one that is there is replaced
   * @throws IOException where it cannot be written
   */
  public static void write(Graph graph, GraphDigest digest, Path file) throws IOException {
    Path temporary = OnnxWriter.temporary(file);
    try {
      try (FileChannel channel = FileChannel.open(temporary, READ, WRITE, CREATE_NEW)) {
        TensorEncoder.DataLayout layout = new TensorEncoder.DataLayout(String.valueOf(ITSELF));
        ModelProto model =
            new ModelEncoder((name, tensor) -> declare(name, tensor, digest, layout))
                .encode(graph, Map.of());
        layout.write(channel);
        long begin = channel.size();
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_LENGTH);
        trailer.put(digest.text().getBytes(StandardCharsets.US_ASCII)).putLong(begin);
        append(channel, ByteBuffer.wrap(model.toByteArray()));
        append(channel, trailer.duplicate().flip());
        trailer.putLong(checksum(channel, channel.size())).putLong(FORMAT);
        append(channel, trailer.flip().position(TRAILER_LENGTH - 2 * Long.BYTES));
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static TensorProto declare(
      String name, Tensor tensor, GraphDigest digest, TensorEncoder.DataLayout layout) {
    Optional<FileRegion> region =
        tensor.origin().filter(found -> digest.files().contains(found.file()));
    if (region.isEmpty() || OnnxWriter.isAttached(tensor)) {
      return layout.place(name, tensor);
    }
    int number = 1 + digest.files().indexOf(region.get().file());
    return TensorEncoder.inFile(name, tensor, String.valueOf(number), region.get().offset());
  }

  private static void append(FileChannel channel, ByteBuffer bytes) throws IOException {
    long position = channel.size();
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }

  /**
   * The model that was written for a graph; empty where the file is not there, is not whole, is of
   * another graph, or files that the graph came from have changed since.
   */
  public static Optional<OnnxWriter.Detached> read(Path file, GraphDigest digest) {
    if (!digest.files().stream().allMatch(FileVersion::isCurrent)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, READ)) {
      long end = channel.size() - TRAILER_LENGTH;
      ByteBuffer trailer = read(channel, end, channel.size());
      byte[] found = new byte[DIGEST_LENGTH];
      trailer.get(found);
      long begin = trailer.getLong();
      long checksum = trailer.getLong();
      if (trailer.getLong() != FORMAT
          || !digest.text().equals(new String(found, StandardCharsets.US_ASCII))
          || checksum != checksum(channel, channel.size() - 2 * Long.BYTES)) {
        return Optional.empty();
      }
      ModelProto model = ModelProto.parseFrom(read(channel, begin, end));
      return located(model.toBuilder(), FileVersion.of(file), begin, digest.files());
    } catch (IOException | IllegalArgumentException damaged) {
      return Optional.empty();
    }
  }

  private static ByteBuffer read(FileChannel channel, long begin, long end) throws IOException {
    if (begin < 0 || begin > end || end - begin > Integer.MAX_VALUE) {
      throw new EOFException();
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) (end - begin));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, begin + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    return bytes.flip();
  }

  /** Of all bytes up to there: ten gigabytes a second, and they will be needed in memory anyway. */
  private static long checksum(FileChannel channel, long end) throws IOException {
    CRC32 checksum = new CRC32();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    for (long position = 0; position < end; position += chunk.limit()) {
      chunk.clear().limit((int) Math.min(CHUNK, end - position));
      int count = channel.read(chunk, position);
      if (count < 0) {
        throw new EOFException();
      }
      checksum.update(chunk.flip());
    }
    return checksum.getValue();
  }

  /** The model with the paths of its files in the place of their numbers. */
  private static Optional<OnnxWriter.Detached> located(
      ModelProto.Builder model, FileVersion itself, long end, List<FileVersion> files)
      throws IOException {
    FileLocations locations = new FileLocations();
    long largest = 0;
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
        continue;
      }
      Map<String, String> entries = new HashMap<>();
      for (StringStringEntryProto entry : tensor.getExternalDataList()) {
        entries.put(entry.getKey(), entry.getValue());
      }
      int number = Integer.parseInt(entries.get("location"));
      long offset = Long.parseLong(entries.get("offset"));
      long length = Long.parseLong(entries.get("length"));
      if (number < 0 || number > files.size()) {
        throw new IOException("There is no file " + number);
      }
      FileVersion file = number == ITSELF ? itself : files.get(number - 1);
      if (offset < 0 || length < 0 || offset > (number == ITSELF ? end : file.size()) - length) {
        throw new EOFException();
      }
      if (!locations.admits(file.path())) {
        return Optional.empty();
      }
      tensor.clearExternalData();
      TensorEncoder.locate(tensor, FileLocations.of(file.path()), offset, length);
      largest = Math.max(largest, length);
    }
    return Optional.of(
        new OnnxWriter.Detached(
            model.build().toByteArray(), locations.folder(), Map.of(), largest));
  }
}
