package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.Protos.attribute;
import static dev.phosphene.model.onnx.Protos.counting;
import static dev.phosphene.model.onnx.Protos.external;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.FunctionProto;
import dev.phosphene.model.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds: one line that says what is wrong, in bounded time. */
class ModelFileErrorsTest {
  @TempDir Path folder;

  @Test
  void missingFilesAndDirectories() {
    assertThatThrownBy(() -> OnnxReader.read(folder.resolve("none.onnx")))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("none.onnx")
        .hasMessageContaining("no such file");
    assertThatThrownBy(() -> OnnxReader.read(folder))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("is a directory");
  }

  @Test
  void filesThatAreSomethingElse() throws IOException {
    refused("", "is empty");
    refused("<!DOCTYPE html>\n<html><body>Not found</body></html>", "HTML page");
    refused("\n <HTML>", "HTML page");
    refused("version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS");
    refused("PK\3\4 and so on", "ZIP archive");
    refused("\u0089HDF\r\n", "HDF5");
    refused("hello, world\n", "not an ONNX file");
    refused("\0\0\0\0\0\0\0\0", "not an ONNX file");
  }

  private void refused(String content, String reason) throws IOException {
    Path file = folder.resolve("other.onnx");
    Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> OnnxReader.read(file))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("other.onnx")
        .hasMessageContaining(reason)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void namesInMessagesCannotBreakTheLineOrFloodTheTerminal() {
    String name = "a\nb\u001b[2J" + "c".repeat(100_000);
    assertThatThrownBy(() -> Protos.read(folder, model(17, graph(new long[] {1}, name))))
        .isInstanceOf(PhospheneException.class)
        .message()
        .doesNotContain("\n", "\u001b")
        .hasSizeLessThan(1_500);
  }

  @Test
  void randomBytes() throws IOException {
    Random random = new Random(1);
    Path file = folder.resolve("random.onnx");
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[1 + random.nextInt(300)];
      random.nextBytes(bytes);
      Files.write(file, bytes);
      assertThatThrownBy(() -> OnnxReader.read(file)).isInstanceOf(PhospheneException.class);
    }
  }

  @Test
  void everyTruncationOfAModel() throws IOException {
    byte[] whole = smallModel();
    Path file = folder.resolve("cut.onnx");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      readOrRefuse(file);
    }
  }

  @Test
  void randomDamageToAModel() throws IOException {
    byte[] whole = smallModel();
    Path file = folder.resolve("damaged.onnx");
    Random random = new Random(2);
    for (int i = 0; i < 1_000; i++) {
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      readOrRefuse(file);
    }
  }

  private void readOrRefuse(Path file) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          try {
            OnnxModel model = OnnxReader.read(file);
            assertThat(model.graph().nodes()).hasSizeLessThan(100);
            OnnxWriter.detach(model.graph());
          } catch (PhospheneException e) {
            assertThat(e).hasMessageNotContaining("\n");
          }
        });
  }

  /** A model that has a bit of everything: old forms, a function, a body, typed and other data. */
  private byte[] smallModel() throws IOException {
    Files.write(folder.resolve("weights.bin"), new byte[64]);
    FunctionProto.Builder function =
        FunctionProto.newBuilder()
            .setDomain("own")
            .setName("Twice")
            .addInput("a")
            .addOutput("b")
            .addNode(node("Add", "a a -> b"))
            .addOpsetImport(Protos.operatorSet("", 9));
    return model(
            9,
            graph(
                    new long[] {-1, 3, 8, 8},
                    "y",
                    node(
                        "Conv",
                        "x w -> c",
                        attribute("kernel_shape", new long[] {3, 3}),
                        attribute("pads", new long[] {1, 1, 1, 1})),
                    node("BatchNormalization", "c s s s e -> n m v"),
                    node("Twice", "n -> t").setDomain("own"),
                    node("Upsample", "t scales -> u", attribute("mode", "linear")),
                    node("Softmax", "u -> p"),
                    node("ReduceMean", "p -> q", attribute("axes", new long[] {2, 3})),
                    node("Clip", "q -> k", attribute("min", 0f), attribute("max", 6f)),
                    node("Split", "k -> y z", attribute("axis", 1)))
                .addInitializer(counting("w", 4, 3, 3, 3))
                .addInitializer(counting("s", 4))
                .addInitializer(counting("scales", 4))
                .addInitializer(external("e", 4, "location", "weights.bin", "offset", "16"))
                .addInitializer(
                    TensorProto.newBuilder()
                        .setName("i")
                        .setDataType(7)
                        .addDims(2)
                        .addInt64Data(1)
                        .addInt64Data(2)))
        .addFunctions(function)
        .addOpsetImport(Protos.operatorSet("own", 1))
        .build()
        .toByteArray();
  }
}
