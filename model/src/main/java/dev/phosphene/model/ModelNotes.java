package dev.phosphene.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.InputContract.Channels;
import dev.phosphene.model.InputContract.Layout;
import dev.phosphene.model.InputContract.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What someone wrote down about a model's input and outputs: in the model's metadata, or in a file
 * beside it.
 *
 * @param where what messages call the place
 * @param source how parts of a contract are known that come from here
 * @param values text by key, lists with their elements on lines or between commas
 */
record ModelNotes(String where, Source source, Map<String, String> values) {
  /** What keys begin with in a model's metadata. */
  private static final String PREFIX = "phosphene.";

  /** What a sidecar's name is, after the model's. */
  static final String SIDECAR_SUFFIX = ".phosphene.json";

  /** Bytes of a sidecar; the labels of the largest public classifiers take one of them. */
  private static final long LARGEST_SIDECAR = 8 << 20;

  static ModelNotes ofMetadata(Map<String, String> metadata) {
    Map<String, String> values = new HashMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            values.put(key.substring(PREFIX.length()), value);
          }
        });
    return new ModelNotes("the model's metadata", Source.MODEL, values);
  }

  /** For {@code MODEL.onnx} that is {@code MODEL.phosphene.json}, or with the whole name first. */
  private static Path sidecar(Path model) {
    String name = String.valueOf(model.getFileName());
    Path whole = model.resolveSibling(name + SIDECAR_SUFFIX);
    int ending = name.lastIndexOf('.');
    return ending <= 0 || Files.isRegularFile(whole)
        ? whole
        : model.resolveSibling(name.substring(0, ending) + SIDECAR_SUFFIX);
  }

  /**
   * The notes beside a model; none where there is no such file.
   *
   * @throws PhospheneException where the file is too large or is not a JSON object
   */
  static ModelNotes ofSidecar(Path model) {
    Path file = sidecar(model);
    if (!Files.isRegularFile(file)) {
      return new ModelNotes(file.toString(), Source.SIDECAR, Map.of());
    }
    try {
      if (Files.size(file) > LARGEST_SIDECAR) {
        throw new PhospheneException(
            "%s has more than %d bytes, too many for notes on a model"
                .formatted(file, LARGEST_SIDECAR));
      }
      JsonNode root = new JsonMapper().readTree(Files.readAllBytes(file));
      if (root == null || !root.isObject()) {
        throw new PhospheneException(
            "%s should hold a JSON object such as {\"range\": [0, 1]}".formatted(file));
      }
      Map<String, String> values = new HashMap<>();
      root.properties().forEach(entry -> put(entry.getKey(), entry.getValue(), values));
      return new ModelNotes(file.toString(), Source.SIDECAR, values);
    } catch (JsonProcessingException e) {
      throw new PhospheneException(
          "%s is not JSON: %s".formatted(file, e.getOriginalMessage().replaceAll("\\s+", " ")), e);
    } catch (IOException e) {
      throw new PhospheneException("Cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Entries of an object are notes by its key, a point and theirs. */
  private static void put(String key, JsonNode node, Map<String, String> values) {
    values.put(key, text(node));
    node.properties()
        .forEach(entry -> values.put(key + "." + entry.getKey(), text(entry.getValue())));
  }

  private static String text(JsonNode node) {
    if (!node.isArray()) {
      return node.asText();
    }
    List<String> elements = new ArrayList<>();
    node.forEach(element -> elements.add(element.asText().replace('\n', ' ')));
    return String.join("\n", elements);
  }

  /** Names of the classes; empty where they are not noted. */
  List<String> labels() {
    String labels = values.get("labels");
    return labels == null ? List.of() : labels.strip().lines().map(String::strip).toList();
  }

  /** The input that is looked at, where it is noted. */
  Optional<String> input() {
    return Optional.ofNullable(values.get("input"));
  }

  /**
   * The number that fills an input that is held, where it is noted.
   *
   * @throws PhospheneException where the note is not a number
   */
  Optional<Double> fill(String input) {
    return numbers("hold." + input, 1).map(numbers -> (double) numbers[0]);
  }

  /** A contract changed where something is noted. */
  InputContract apply(InputContract contract) {
    InputContract changed = contract;
    String layout = values.get("layout");
    if (layout != null) {
      changed = changed.withLayout(layout(layout), source);
    }
    Optional<Channels> channels = choice("channels", Channels.class);
    if (channels.isPresent()) {
      changed = changed.withChannels(channels.get(), source);
    }
    Optional<float[]> range = numbers("range", 2);
    if (range.isPresent()) {
      changed = changed.withRange(range.get()[0], range.get()[1], source);
    }
    Optional<float[]> mean = numbers("mean", 0);
    if (mean.isPresent()) {
      changed = changed.withMean(mean.get(), source);
    }
    Optional<float[]> deviation = numbers("deviation", 0);
    if (deviation.isPresent()) {
      changed = changed.withDeviation(deviation.get(), source);
    }
    Optional<float[]> size = numbers("size", 0);
    if (size.isPresent() && !changed.spatial().isStatic()) {
      long[] sizes = new long[size.get().length];
      for (int axis = 0; axis < sizes.length; axis++) {
        sizes[axis] = (long) size.get()[axis];
      }
      changed = changed.withSize(sizes, source);
    }
    return changed;
  }

  private Layout layout(String name) {
    try {
      return Layout.named(name);
    } catch (PhospheneException e) {
      throw new PhospheneException(
          "\"layout\" in %s is not known: %s".formatted(where, e.getMessage()), e);
    }
  }

  private <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
    String value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(value.strip().toUpperCase(Locale.ROOT))) {
        return Optional.of(constant);
      }
    }
    List<String> expected = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      expected.add(constant.name());
    }
    throw new PhospheneException(
        "\"%s\" in %s is \"%s\", expected one of %s"
            .formatted(key, where, shown(value), String.join(", ", expected)));
  }

  /**
   * Numbers of a note.
   *
   * @param expected how many; 0 for any number of them
   */
  private Optional<float[]> numbers(String key, int expected) {
    String value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    String[] parts = value.replaceAll("[\\[\\]]", " ").strip().split("[\\s,]+", -1);
    float[] numbers = new float[parts.length];
    try {
      for (int i = 0; i < parts.length; i++) {
        numbers[i] = Float.parseFloat(parts[i]);
      }
    } catch (NumberFormatException e) {
      throw notNumbers(key, expected, value);
    }
    if (expected > 0 && numbers.length != expected) {
      throw notNumbers(key, expected, value);
    }
    return Optional.of(numbers);
  }

  private PhospheneException notNumbers(String key, int expected, String value) {
    return new PhospheneException(
        "\"%s\" in %s is \"%s\", expected %s"
            .formatted(key, where, shown(value), expected > 0 ? expected + " numbers" : "numbers"));
  }

  /** A value as a message shows it: of one line, and not too long. */
  private static String shown(String value) {
    String line = value.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > 80 ? line.substring(0, 80) + "…" : line;
  }
}
