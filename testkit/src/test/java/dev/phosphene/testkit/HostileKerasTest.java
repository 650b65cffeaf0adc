package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keras files that were made to do harm, those in HDF5 by {@code benchmark/peers/keras_hostile.py}:
 * one line that says what is wrong, soon, and nothing read beside the file.
 */
class HostileKerasTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String INPUT =
      """
      {"class_name": "InputLayer", "name": "x", "inbound_nodes": [], "config":
        {"name": "x", "batch_input_shape": [null, 3], "dtype": "float32"}}
      """;

  @TempDir Path folder;

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(HostileKerasTest.class.getResource(name).toURI());
  }

  private static void refused(Path file, String... reasons) {
    assertTimeoutPreemptively(
        LIMIT,
        () ->
            assertThatThrownBy(() -> Model.open(file))
                .isInstanceOf(PhospheneException.class)
                .hasMessageContainingAll(reasons)
                .hasMessageStartingWith("Cannot read model " + file)
                .message()
                .doesNotContain("\n")
                .hasSizeLessThan(1_000));
  }

  @ParameterizedTest
  @CsvSource({
    "endless_chunks, 'sizes [268435456, 1024], more than the file can hold'",
    "many_chunks, 'sizes [3, 67108864], more than the file can hold'",
    "circle, '\"dense/loop/loop/loop/missing:0\" of layer \"dense\" is missing'",
    "linked, a link to another place",
    "soft, a link to another place",
    "virtual, Virtual storage is not supported",
    "external, External Data Files",
    "texts, expected floating-point numbers or integers",
    "group_for_weight, '\"dense/kernel:0\" of layer \"dense\" is missing'",
    "other_shape, 'has shape [2, 3], expected [3, 2]'",
    "not_json, its configuration is no JSON"
  })
  void structuresOfHdf5(String name, String reason) throws URISyntaxException {
    refused(resource("keras_hostile/" + name + ".h5"), reason);
  }

  /** An architecture with weights beside it that it does not need. */
  private Path architecture(String name, String json) throws IOException, URISyntaxException {
    Files.copy(resource("keras/sequential.h5"), folder.resolve(name + ".h5"));
    return Files.writeString(folder.resolve(name + ".json"), json);
  }

  private static String functional(String layers, String output, int call) {
    return """
        {"class_name": "Functional", "config": {"name": "n", "layers": [%s, %s],
          "input_layers": [["x", 0, 0]], "output_layers": [["%s", %d, 0]]}
        """
            .formatted(INPUT, layers, output, call)
        + "%s}";
  }

  private static String activation(String name, String given) {
    return """
        {"class_name": "Activation", "name": "%s", "config": {"name": "%s", "activation": "tanh"},
          "inbound_nodes": [[["%s", 0, 0, {}]]]}
        """
        .formatted(name, name, given);
  }

  @Test
  void layersInACircle() throws IOException, URISyntaxException {
    String layers = activation("a", "b") + "," + activation("b", "a");
    refused(
        architecture("circle", functional(layers, "a", 0).formatted("")),
        "follows from its own output");
  }

  @Test
  void aLayerThatIsNotThere() throws IOException, URISyntaxException {
    String network = functional(activation("a", "nowhere"), "a", 0).formatted("");
    refused(architecture("nowhere", network), "\"nowhere\"");
  }

  @Test
  void networksThatCallTheirInnerNetworkTwiceEach() throws IOException, URISyntaxException {
    String network = functional(activation("a", "x"), "a", 0).formatted("");
    for (int depth = 0; depth < 40; depth++) {
      String calls =
          ", \"name\": \"m\", \"inbound_nodes\": [[[\"x\", 0, 0, {}]], [[\"m\", 0, 0, {}]]]";
      String inner = network.substring(0, network.lastIndexOf('}')) + calls + "}";
      network = functional(inner, "m", 1).formatted("");
    }
    refused(architecture("doubling", network), "it is damaged");
  }

  @Test
  void bracketsWithoutEnd() throws IOException, URISyntaxException {
    refused(
        architecture("brackets", "{\"class_name\": \"Model\", \"config\": " + "[".repeat(200_000)),
        "no JSON");
  }

  @Test
  void namesThatLeadOutOfAnArchive() throws IOException {
    Path archive = folder.resolve("names.keras");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (String name : new String[] {"../config.json", "/config.json", "model.weights.h5"}) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write("{}".getBytes(StandardCharsets.UTF_8));
      }
    }
    refused(archive, "without config.json");
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(archive);
    }
  }

  @Test
  void noiseBehindASignature() throws IOException {
    byte[] zip = {'P', 'K', 3, 4};
    byte[] hdf = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 0};
    for (byte[] signature : List.of(zip, hdf)) {
      byte[] noise = new byte[100_000];
      new Random(4).nextBytes(noise);
      System.arraycopy(signature, 0, noise, 0, signature.length);
      refused(Files.write(folder.resolve("noise.h5"), noise), "damaged");
    }
  }
}
