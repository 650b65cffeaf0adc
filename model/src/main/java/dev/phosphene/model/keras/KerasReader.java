package dev.phosphene.model.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.file.FileFormat;
import dev.phosphene.model.file.MappedFile;
import dev.phosphene.model.file.ModelFile;
import dev.phosphene.model.file.ReadFailure;
import dev.phosphene.model.keras.hdf.HdfGroup;
import dev.phosphene.model.keras.hdf.Region;
import dev.phosphene.model.keras.layer.KerasLayers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Reads Keras models: {@code .keras} archives, whole models in HDF5, and architectures in JSON with
 * weights in HDF5. No Python is run, and no code from the file.
 */
public final class KerasReader {
  /** Bytes of a configuration; those of the largest public models take one of them. */
  private static final long LARGEST_CONFIGURATION = 64 << 20;

  /** What weights beside an architecture are called, after its name without {@code .json}. */
  private static final List<String> WEIGHT_ENDINGS =
      List.of(".weights.h5", ".h5", ".hdf5", "_weights.h5", ".weights.hdf5");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private KerasReader() {}

  /**
   * Reads a model.
   *
   * @param path of an archive, of a whole model in HDF5, or of an architecture in JSON that has its
   *     weights beside it: {@code NAME.weights.h5} or {@code NAME.h5} for {@code NAME.json}
   * @param table what is known of layers
   * @throws PhospheneException where it cannot be read; the message is one line
   */
  public static ModelFile read(Path path, KerasLayers table) {
    return guarded(
        path,
        () ->
            switch (FileFormat.of(path)) {
              case KERAS_ARCHIVE -> archive(path, table);
              case HDF5 -> wholeModel(path, table);
              case KERAS_ARCHITECTURE -> architecture(path, beside(path), table);
              case ONNX -> throw new PhospheneException("it is no Keras model");
            });
  }

  /**
   * Reads an architecture in JSON with weights that are elsewhere.
   *
   * @throws PhospheneException as {@link #read(Path, KerasLayers)}
   */
  public static ModelFile read(Path architecture, Path weights, KerasLayers table) {
    return guarded(architecture, () -> architecture(architecture, weights, table));
  }

  private interface Reading {
    ModelFile read() throws IOException;
  }

  private static ModelFile guarded(Path path, Reading reading) {
    try {
      MappedFile.require(path);
      return reading.read();
    } catch (JsonProcessingException e) {
      throw ReadFailure.of(path, "its configuration is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw ReadFailure.of(path, MappedFile.reason(e), e);
    } catch (PhospheneException e) {
      throw ReadFailure.of(path, String.valueOf(e.getMessage()), e);
    } catch (OutOfMemoryError | StackOverflowError e) {
      throw ReadFailure.of(
          path, "it is too large or too deeply nested for the memory of this process", e);
    } catch (RuntimeException e) {
      throw ReadFailure.of(
          path, "its configuration or weights contradict themselves: " + e.getMessage(), e);
    }
  }

  private static ModelFile archive(Path path, KerasLayers table) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ZipArchive zip = new ZipArchive(channel);
      Region config =
          zip.region("config.json")
              .orElseThrow(
                  () ->
                      new PhospheneException(
                          "it is a ZIP archive without config.json, no .keras file"));
      Optional<Region> notes = zip.region("metadata.json");
      JsonNode metadata = notes.isPresent() ? json(notes.get()) : JSON.createObjectNode();
      Region weights =
          zip.region("model.weights.h5")
              .orElseThrow(
                  () ->
                      new PhospheneException(
                          "it has no model.weights.h5 (only %s); save the model again"
                              .formatted(String.join(", ", zip.names()))));
      return model(
          json(config),
          NumberedWeights.of(HdfGroup.root(weights)),
          metadata.path("keras_version").asText(""),
          table);
    }
  }

  private static JsonNode json(Region region) throws IOException {
    if (region.size() > LARGEST_CONFIGURATION) {
      throw new PhospheneException(
          "its configuration has %d bytes, expected at most %d"
              .formatted(region.size(), LARGEST_CONFIGURATION));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) region.size());
    region.read(bytes, 0);
    return JSON.readTree(bytes.array());
  }

  private static ModelFile wholeModel(Path path, KerasLayers table) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      HdfGroup root = HdfGroup.root(new Region.InFile(channel, 0, channel.size()));
      String config =
          root.text("model_config")
              .orElseThrow(
                  () ->
                      new PhospheneException(
                          "it holds weights without a model: save the whole model, or write model.to_json() to a"
                              + " .json file beside it and open that"));
      HdfGroup weights =
          root.group("model_weights")
              .orElseThrow(() -> new PhospheneException("it has no weights (model_weights)"));
      String version =
          root.text("keras_version").or(() -> weights.text("keras_version")).orElse("");
      return model(JSON.readTree(config), NamedWeights.of(weights), version, table);
    }
  }

  private static Path beside(Path architecture) {
    String name = String.valueOf(architecture.getFileName());
    String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
    return WEIGHT_ENDINGS.stream()
        .map(ending -> architecture.resolveSibling(stem + ending))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () ->
                new PhospheneException(
                    "it is an architecture without weights; expected these beside it as %s.weights.h5 or %s.h5"
                        .formatted(stem, stem)));
  }

  private static ModelFile architecture(Path path, Path weights, KerasLayers table)
      throws IOException {
    JsonNode config;
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      config = json(new Region.InFile(channel, 0, channel.size()));
    }
    if (!config.has("class_name")) {
      throw new PhospheneException("it is JSON, but no architecture as model.to_json() gives it");
    }
    MappedFile.require(weights);
    try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.READ)) {
      HdfGroup root = HdfGroup.root(new Region.InFile(channel, 0, channel.size()));
      HdfGroup group = root.group("model_weights").orElse(root);
      String version = config.path("keras_version").asText(group.text("keras_version").orElse(""));
      if (!NamedWeights.isIn(group) && !NumberedWeights.isIn(group)) {
        throw new PhospheneException("%s holds no weights of Keras".formatted(weights));
      }
      NetworkWeights found =
          NamedWeights.isIn(group) ? NamedWeights.of(group) : NumberedWeights.of(group);
      return model(config, found, version, table);
    }
  }

  private static ModelFile model(
      JsonNode config, NetworkWeights weights, String version, KerasLayers table) {
    NetworkConfig network = ConfigParser.network(config);
    NetworkBuilder.Result built =
        NetworkBuilder.build(network, weights, table, majorVersion(version, config));
    return new ModelFile(
        built.graph(),
        Optional.of(built.layers()),
        InputNotes.of(network, weights),
        ("Keras " + version).strip());
  }

  /** Configurations of Keras 3 name the module of each class. */
  private static int majorVersion(String version, JsonNode config) {
    if (version.isEmpty()) {
      return config.has("module") ? 3 : 2;
    }
    // tf.keras 2.4 wrote "2.4.0-tf".
    return version.startsWith("2") || version.startsWith("1") ? 2 : 3;
  }
}
