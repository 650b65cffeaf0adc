package dev.phosphene.model;

import static dev.phosphene.model.onnx.Protos.entry;
import static dev.phosphene.model.onnx.Protos.graph;
import static dev.phosphene.model.onnx.Protos.model;
import static dev.phosphene.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.Protos;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsTest {
  @TempDir Path folder;

  private Path written(String content) throws IOException {
    return Files.writeString(folder.resolve("labels.txt"), content);
  }

  private static void assertUnreadable(Path file, String problem) {
    assertThatThrownBy(() -> Labels.read(file))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(problem)
        .hasMessageNotContaining("\n");
  }

  @Test
  void eachLineIsAName() throws IOException {
    assertThat(Labels.read(written("\uFEFFtench, Tinca tinca\r\n goldfish \nMöwe\u001b[2J\n\n")))
        .containsExactly("tench, Tinca tinca", "goldfish", "Möwe [2J");
  }

  @Test
  void whatIsNoListOfNamesIsAnError() throws IOException {
    assertUnreadable(folder.resolve("missing.txt"), "There is no file");
    assertUnreadable(folder, "is a folder");
    assertUnreadable(written("\n \n"), "has no labels");
    assertUnreadable(written("cat\n\ndog"), "Line 2");
    Path binary = folder.resolve("binary.txt");
    Files.write(binary, "Möwe".getBytes(StandardCharsets.ISO_8859_1));
    assertUnreadable(binary, "UTF-8");
    try (RandomAccessFile file = new RandomAccessFile(binary.toFile(), "rw")) {
      file.setLength(9 << 20);
    }
    assertUnreadable(binary, "too many");
  }

  @Test
  void givenLabelsCountBeforeThoseOfTheModel() {
    Model model =
        Model.open(
            Protos.write(
                folder,
                model(17, graph(new long[] {1, 2}, "y", node("Softmax", "x -> y")))
                    .addMetadataProps(entry("phosphene.labels", "cat,dog".replace(',', '\n')))));
    assertThat(model.labels()).containsExactly("cat", "dog");
    Model other = model.withLabels(List.of("Katze", "Hund"));
    assertThat(other.labels()).containsExactly("Katze", "Hund");
    assertThat(other.withActivation("-1", Activation.LINEAR).labels()).isEqualTo(other.labels());
    assertThat(model.labels()).containsExactly("cat", "dog");
  }
}
