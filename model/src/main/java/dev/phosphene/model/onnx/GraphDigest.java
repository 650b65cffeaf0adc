package dev.phosphene.model.onnx;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.model.onnx.proto.ModelProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.FileRegion;
import dev.phosphene.tensor.FileVersion;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * What tells a graph from others without reading all of its weights: SHA-256 of its nodes, shapes
 * and small constants, and for a constant of a large file the version of that file and its place
 * there. Large constants that are in no file count with two checksums, which tell apart what
 * differs by chance.
 *
 * @param text 64 hexadecimal digits
 * @param files that large constants were read from, unless small themselves
 */
public record GraphDigest(String text, List<FileVersion> files) {
  /**
   * Bytes of a file up to which its weights count by what they are, not where: it may be a copy
   * that was made for this process. They are digested in a tenth of a second.
   */
  private static final long LARGEST_READ = 4L << 20;

  public GraphDigest {
    files = List.copyOf(files);
  }

  /**
   * The digest of a graph.
   *
   * @param circumstances what else counts, such as versions
   * @throws dev.phosphene.graph.PhospheneException where the graph holds something that no session
   *     could compute
   */
  public static GraphDigest of(Graph graph, List<String> circumstances) {
    MessageDigest digest = sha256();
    circumstances.forEach(each -> update(digest, each));
    List<FileVersion> files = new ArrayList<>();
    ModelProto model =
        new ModelEncoder((name, tensor) -> declare(name, tensor, files)).encode(graph, Map.of());
    try {
      model.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    // Rewrites look at shapes, which a model has for its inputs and outputs alone.
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> update(digest, graph.value(output).toString()));
    }
    files.forEach(file -> update(digest, file.toString()));
    return new GraphDigest(HexFormat.of().formatHex(digest.digest()), files);
  }

  private static TensorProto declare(String name, Tensor tensor, List<FileVersion> files) {
    boolean isOfSmallFile =
        tensor.origin().filter(region -> region.file().size() <= LARGEST_READ).isPresent();
    if (OnnxWriter.isAttached(tensor) || isOfSmallFile) {
      return TensorEncoder.inline(name, tensor);
    }
    if (tensor.origin().isPresent()) {
      FileRegion region = tensor.origin().get();
      if (!files.contains(region.file())) {
        files.add(region.file());
      }
      String number = String.valueOf(files.indexOf(region.file()));
      return TensorEncoder.inFile(name, tensor, number, region.offset());
    }
    String checksums = checksum(new CRC32(), tensor) + " " + checksum(new CRC32C(), tensor);
    return TensorEncoder.elsewhere(name, tensor, checksums).build();
  }

  private static long checksum(Checksum checksum, Tensor tensor) {
    checksum.update(tensor.bytes());
    return checksum.getValue();
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0); // ends it: what follows is another
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
