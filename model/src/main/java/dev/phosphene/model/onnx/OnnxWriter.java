package dev.phosphene.model.onnx;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.file.MappedFile;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes graphs as ONNX models. */
public final class OnnxWriter {
  /**
   * Bytes up to which a constant stays within a detached model. Shape arithmetic needs its
   * constants there, to be folded when a session is made.
   */
  public static final int LARGEST_ATTACHED_CONSTANT = 1024;

  /**
   * The same for vectors of integers, which the runtime may want for its shape inference: the sizes
   * of a Split into all steps of a sequence, for one.
   */
  private static final int LARGEST_ATTACHED_INTEGERS = 65_536;

  /** Bytes of constants up to which a file holds them itself; protobuf ends at 2 GiB. */
  private static final long LARGEST_SINGLE_FILE = 1_800_000_000L;

  private OnnxWriter() {}

  /**
   * A model whose large constants lie outside of it.
   *
   * @param model an ONNX file's content, in which these constants are declared as external data
   * @param folder in which the files with external data are; empty where it has none
   * @param weights the constants that are in no file, by name, in the graph's own memory
   * @param largest bytes of the largest constant, if any lies outside of the model
   */
  public record Detached(
      byte[] model, Optional<Path> folder, Map<String, Tensor> weights, long largest) {
    public Detached {
      weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }
  }

  /** Whether a constant stays within a detached model. */
  static boolean isAttached(Tensor tensor) {
    boolean sizes = tensor.type() == ElementType.INT64 && tensor.rank() == 1;
    return tensor.bytes().remaining()
        <= (sizes ? LARGEST_ATTACHED_INTEGERS : LARGEST_ATTACHED_CONSTANT);
  }

  /**
   * A model for a session that takes large constants from where they lie: every one above {@link
   * #LARGEST_ATTACHED_CONSTANT} bytes is left out of it. Those that were read from a file which is
   * still the same are declared to be in it, the others are to be handed over from memory.
   *
   * @throws PhospheneException where the graph holds something that no session could compute
   */
  public static Detached detach(Graph graph) {
    DetachedConstants constants = new DetachedConstants();
    ModelProto model = new ModelEncoder(constants::declare).encode(graph, Map.of());
    long largest =
        graph.constants().values().stream()
            .mapToLong(tensor -> tensor.bytes().remaining())
            .max()
            .orElse(0);
    return new Detached(model.toByteArray(), constants.folder(), constants.inMemory(), largest);
  }

  /**
   * Writes a graph to a file, which appears whole or not at all. Constants of more than 2 GiB
   * together go to a second file {@code FILE.data} beside it.
   *
   * @throws PhospheneException where the file cannot be written
   */
  public static void write(Graph graph, Path file) {
    write(graph, Map.of(), file);
  }

  /**
   * Writes a graph to a file, with notes on the whole model.
   *
   * @param metadata such as {@code phosphene.labels}
   * @throws PhospheneException where the file cannot be written
   */
  public static void write(Graph graph, Map<String, String> metadata, Path file) {
    long bytes =
        graph.constants().values().stream().mapToLong(tensor -> tensor.bytes().remaining()).sum();
    try {
      if (bytes <= LARGEST_SINGLE_FILE) {
        writeWhole(new ModelEncoder(TensorEncoder::inline).encode(graph, metadata), file);
      } else {
        writeWithData(graph, metadata, file);
      }
    } catch (IOException e) {
      throw new PhospheneException("Cannot write %s: %s".formatted(file, MappedFile.reason(e)), e);
    }
  }

  /** Writes the model to a file and all constants above a limit to one beside it. */
  static void writeWithData(Graph graph, Map<String, String> metadata, Path file)
      throws IOException {
    Path data = file.resolveSibling(file.getFileName() + ".data");
    Path temporary = temporary(data);
    try {
      TensorEncoder.DataLayout layout =
          new TensorEncoder.DataLayout(String.valueOf(data.getFileName()));
      ModelProto model = new ModelEncoder(layout::place).encode(graph, metadata);
      try (FileChannel channel = FileChannel.open(temporary, WRITE, CREATE_NEW)) {
        layout.write(channel);
      }
      Files.move(temporary, data, StandardCopyOption.REPLACE_EXISTING);
      writeWhole(model, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void writeWhole(ModelProto model, Path file) throws IOException {
    Path temporary = temporary(file);
    try {
      try (OutputStream output =
          new BufferedOutputStream(Files.newOutputStream(temporary, CREATE_NEW))) {
        model.writeTo(output);
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A new file's name in the same folder, so that moving it onto the wanted one is one step. */
  static Path temporary(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a directory");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("there is no folder " + folder);
    }
    return folder.resolve(".%s.%x.part".formatted(file.getFileName(), System.nanoTime()));
  }
}
