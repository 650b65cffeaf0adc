package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.Protos.external;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataTest {
  @TempDir Path outside;
  private Path folder;

  @BeforeEach
  void writeWeights() throws IOException {
    folder = Files.createDirectories(outside.resolve("models/one"));
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(1).putFloat(2).putFloat(3).putFloat(4);
    byte[] weights = new byte[16];
    bytes.flip().get(weights);
    Files.write(folder.resolve("weights.bin"), weights);
    Files.write(outside.resolve("secret.bin"), weights);
  }

  @Test
  void offsetAndLengthSelectAPart() {
    Tensor tensor = read("location", "weights.bin", "offset", "4", "length", "8");
    assertThat(tensor.toFloats()).containsExactly(2, 3);
    assertThat(tensor.bytes().isDirect()).isTrue();
    assertThat(read("location", "weights.bin").toFloats()).containsExactly(1, 2);
    assertThat(read("location", "./weights.bin", "offset", "8").toFloats()).containsExactly(3, 4);
  }

  @Test
  void foldersBelowTheModelAreFine() throws IOException {
    Files.createDirectory(folder.resolve("data"));
    Files.copy(folder.resolve("weights.bin"), folder.resolve("data/w"));
    assertThat(read("location", "data/w").toFloats()).containsExactly(1, 2);
    assertThat(read("location", "data/../weights.bin").toFloats()).containsExactly(1, 2);
  }

  @Test
  void linksWithinTheFolderAreFollowed() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("weights.bin"));
    assertThat(read("location", "link").toFloats()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../secret.bin",
        "data/../../../secret.bin",
        "/etc/hostname",
        "../../nothing-there",
        "\\\\server\\share"
      })
  void nothingOutsideTheFolderIsRead(String location) {
    assertThatThrownBy(() -> read("location", location))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("outside the model's folder")
        .hasMessageContaining("\"w\"");
  }

  @Test
  void linksOutOfTheFolderAreNotFollowed() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), outside.resolve("secret.bin"));
    Files.createSymbolicLink(folder.resolve("up"), outside);
    for (String location : new String[] {"link", "up/secret.bin"}) {
      assertThatThrownBy(() -> read("location", location))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("outside the model's folder");
    }
  }

  @Test
  void missingAndShortFilesAreNamed() {
    assertThatThrownBy(() -> read("location", "none.bin"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("none.bin")
        .hasMessageContaining("\"w\"");
    assertThatThrownBy(() -> read("location", "weights.bin", "offset", "12"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("weights.bin")
        .hasMessageContaining("has only 16");
  }

  @Test
  void placesThatMakeNoSenseAreRefused() {
    String[][] places = {
      {},
      {"location", ""},
      {"location", "."},
      {"location", "weights.bin", "offset", "-4"},
      {"location", "weights.bin", "offset", "9223372036854775807"},
      {"location", "weights.bin", "offset", "many"},
      {"location", "weights.bin", "length", "4"},
      {"location", "weights\0.bin"},
    };
    for (String[] place : places) {
      assertThatThrownBy(() -> read(place))
          .as(String.join(" ", place))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("\"w\"");
    }
  }

  private Tensor read(String... place) {
    return Protos.read(
            folder,
            model(
                17,
                graph(new long[] {2}, "y", node("Add", "x w -> y"))
                    .addInitializer(external("w", 2, place))))
        .graph()
        .constants()
        .get("w");
  }
}
