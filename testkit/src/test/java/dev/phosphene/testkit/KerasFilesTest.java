package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.model.keras.hdf.HdfGroup;
import dev.phosphene.model.keras.hdf.Region;
import dev.phosphene.model.keras.layer.KerasLayers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keras models in all kinds of files, and in damaged ones: one line that says what is wrong. */
class KerasFilesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static Path stored(String name) throws URISyntaxException {
    return Path.of(KerasFilesTest.class.getResource("keras/" + name).toURI());
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static Map<String, byte[]> entries(Path archive) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  private Path archive(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file("changed.keras", bytes.toByteArray());
  }

  /** The stored Sequential model with another text in its configuration. */
  private Path changed(String from, String to) throws IOException, URISyntaxException {
    Map<String, byte[]> entries = entries(stored("sequential.keras"));
    String config = new String(entries.get("config.json"), StandardCharsets.UTF_8);
    assertThat(config).contains(from);
    entries.put("config.json", config.replace(from, to).getBytes(StandardCharsets.UTF_8));
    return archive(entries);
  }

  private static void refused(Path file, String... reasons) {
    assertThatThrownBy(() -> Model.open(file))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContainingAll(reasons)
        .message()
        .doesNotContain("\n");
  }

  private static List<String> names(Model model) {
    return model.layers().layers().stream().map(Layer::name).toList();
  }

  @Test
  void architectureWithWeightsBesideIt() throws IOException, URISyntaxException {
    Map<String, byte[]> entries = entries(stored("sequential.keras"));
    Path architecture = file("small.json", entries.get("config.json"));
    refused(architecture, "small.json", "small.weights.h5");
    file("small.weights.h5", entries.get("model.weights.h5"));
    Model model = Model.open(architecture);
    assertThat(names(model)).containsExactly("conv", "pool", "flat", "classes");
    KerasComparison.Result result = KerasComparison.of(model, stored("sequential.reference.h5"));
    assertThat(result.gradient()).isLessThan(1e-4);
    Path elsewhere = stored("sequential.h5");
    Model other = Model.open(architecture, elsewhere, KerasLayers.STANDARD);
    assertThat(KerasComparison.of(other, stored("sequential.reference.h5")).gradient())
        .isLessThan(1e-4);
  }

  @Test
  void layersOfInnerModelsHaveNamesAndNoIndex() throws URISyntaxException {
    Model model = Model.open(stored("nested.keras"));
    assertThat(names(model)).contains("deep", "deep/block", "deep/block/conv", "deep/norm", "last");
    assertThat(model.layers().find("deep/block/conv").index()).isEqualTo(Layer.UNLISTED);
    assertThat(model.layers().find("-1").name()).isEqualTo("last");
    assertThat(model.layers().find("2").name()).isEqualTo("deep");
    assertThat(model.layers().find("deep:1").output()).isEqualTo("deep:1");
  }

  @Test
  void classesOfTheUsersOwn() throws IOException, URISyntaxException {
    Path lambda = changed("\"class_name\": \"MaxPooling2D\"", "\"class_name\": \"Lambda\"");
    refused(lambda, "\"pool\" (Lambda)", "Python code", "KerasLayers", "ONNX");
    Path own = changed("\"class_name\": \"MaxPooling2D\"", "\"class_name\": \"My>Halving\"");
    refused(own, "\"pool\" (Halving)", "KerasLayers.STANDARD.with(\"Halving\"", "ONNX");
    KerasLayers table =
        KerasLayers.STANDARD.with(
            "Halving", KerasLayers.STANDARD.find("MaxPooling2D").orElseThrow());
    Model model = Model.open(own, "own", table);
    assertThat(model.layers().find("pool").kind()).isEqualTo("Halving");
  }

  @Test
  void weightsThatDoNotFit() throws IOException, URISyntaxException {
    refused(changed("\"filters\": 4", "\"filters\": 5"), "\"conv\"", "kernel", "[3, 3, 3, 4]");
    refused(changed("\"units\": 5", "\"units\": 1000000000"), "\"classes\"", "kernel");
    refused(changed("\"activation\": \"relu\"", "\"activation\": \"mine\""), "\"mine\"");
    Map<String, byte[]> entries = entries(stored("sequential.keras"));
    entries.remove("model.weights.h5");
    refused(archive(entries), "model.weights.h5");
    entries.put("model.weights.h5", new byte[] {1, 2, 3});
    refused(archive(entries), "HDF5");
    entries.remove("config.json");
    refused(archive(entries), "config.json");
  }

  @Test
  void otherModelsThanThoseThatAFileCanHold() throws IOException, URISyntaxException {
    refused(
        changed("\"class_name\": \"Sequential\"", "\"class_name\": \"Own\"")
            .resolveSibling("none.keras"),
        "no such file");
    refused(
        file(
            "own.json",
            "{\"class_name\": \"Own\", \"config\": {}}".getBytes(StandardCharsets.UTF_8)),
        "own.weights.h5");
    file("own.h5", Files.readAllBytes(stored("sequential.h5")));
    refused(folder.resolve("own.json"), "\"Own\"", "Python code");
    refused(file("other.json", "{\"a\": 1}".getBytes(StandardCharsets.UTF_8)), "other");
  }

  @Test
  void anArchiveThatGrowsTooMuch() throws IOException, URISyntaxException {
    Map<String, byte[]> entries = entries(stored("sequential.keras"));
    entries.put("model.weights.h5", new byte[200 << 20]);
    refused(archive(entries), "would grow");
  }

  @Test
  void truncatedFiles() throws IOException, URISyntaxException {
    for (String name : List.of("sequential.keras", "sequential.h5")) {
      byte[] whole = Files.readAllBytes(stored(name));
      for (int length = 100; length < whole.length - 4_000; length += 499) {
        Path cut = file(name, Arrays.copyOf(whole, length));
        assertTimeoutPreemptively(
            LIMIT,
            () -> assertThatThrownBy(() -> Model.open(cut)).isInstanceOf(PhospheneException.class));
      }
    }
  }

  @Test
  void changedBytes() throws IOException, URISyntaxException {
    Random random = new Random(3);
    for (String name : List.of("sequential.keras", "sequential.h5", "nested.h5")) {
      byte[] whole = Files.readAllBytes(stored(name));
      for (int round = 0; round < 200; round++) {
        byte[] changed = whole.clone();
        for (int i = 0; i < 1 + round % 8; i++) {
          changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        Path file = file(name, changed);
        assertTimeoutPreemptively(LIMIT, () -> opensOrIsRefused(file));
      }
    }
  }

  private static void opensOrIsRefused(Path file) {
    try {
      Model.open(file).layers();
    } catch (PhospheneException e) {
      assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(2_000);
    }
  }

  @Test
  void theStoredSequentialModelIsWhatTheTestsTakeItFor() throws IOException, URISyntaxException {
    byte[] weights = entries(stored("sequential.keras")).get("model.weights.h5");
    HdfGroup root = HdfGroup.root(new Region.InMemory(weights));
    assertThat(root.names()).contains("layers");
    assertThat(root.group("layers/conv2d/vars").orElseThrow().text("name")).contains("conv");
  }
}
