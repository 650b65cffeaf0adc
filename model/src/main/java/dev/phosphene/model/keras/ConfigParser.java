package dev.phosphene.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.keras.NetworkConfig.Call;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.NetworkConfig.Reference;
import dev.phosphene.model.keras.layer.Argument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads configurations of models in all dialects: of Keras 3, of tf.keras 2 and of stand-alone
 * Keras 2.
 */
final class ConfigParser {
  private static final Set<String> NETWORKS =
      Set.of("Sequential", "Functional", "Model", "Network");

  private ConfigParser() {}

  /**
   * Whether a serialized object is a network that can be read: with layers in its configuration.
   */
  static boolean isNetwork(JsonNode serialized) {
    String className = className(serialized);
    JsonNode config = serialized.path("config");
    return NETWORKS.contains(className)
        || (config.path("layers").isArray()
            && (config.has("output_layers") || isChainOfLayers(config)));
  }

  /** A class of the user's own that is built on Sequential. */
  private static boolean isChainOfLayers(JsonNode config) {
    return config.path("layers").size() > 0
        && config.path("layers").get(0).has("class_name")
        && !config.path("layers").get(0).has("inbound_nodes");
  }

  /**
   * The network that a serialized object is.
   *
   * @throws PhospheneException where the configuration is malformed, or is of a subclass of Model,
   *     which has its computation in Python
   */
  static NetworkConfig network(JsonNode serialized) {
    JsonNode config = serialized.path("config");
    if (!isNetwork(serialized)) {
      throw new PhospheneException(
          ("the model is of class \"%s\", which has its computation in Python code: a file holds only that of"
                  + " Sequential and functional models; export the model as ONNX")
              .formatted(className(serialized)));
    }
    boolean isSequential =
        config.isArray() || !(config.has("output_layers") || config.has("input_layers"));
    return isSequential ? sequential(config) : functional(config);
  }

  /** The class name without the package that a user registered it under. */
  static String className(JsonNode serialized) {
    String name = serialized.path("class_name").asText("");
    return name.substring(name.lastIndexOf('>') + 1);
  }

  private static NetworkConfig functional(JsonNode config) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode layer : array(config, "layers")) {
      Entry entry = entry(layer);
      List<Call> calls = new ArrayList<>();
      for (JsonNode node : layer.path("inbound_nodes")) {
        calls.add(call(node));
      }
      entries.add(entry.withCalls(calls));
    }
    List<Reference> inputs = references(config.path("input_layers"));
    List<Reference> outputs = references(config.path("output_layers"));
    String name = config.path("name").asText("model");
    return CallNumbers.fromZero(new NetworkConfig(name, false, entries, inputs, outputs));
  }

  /** A chain: each layer is called once, with what the one before gives. */
  private static NetworkConfig sequential(JsonNode config) {
    JsonNode layers = config.isArray() ? config : array(config, "layers");
    List<Entry> entries = new ArrayList<>();
    for (JsonNode layer : layers) {
      Entry entry = entry(layer);
      if (entries.isEmpty() && !entry.isInput()) {
        entries.add(impliedInput(entry, layer, config));
      }
      if (!entry.isInput()) {
        Reference before = new Reference(entries.get(entries.size() - 1).name(), 0, 0);
        entry = entry.withCalls(List.of(new Call(List.of(new Argument.Given<>(before)), Map.of())));
      } else if (!entries.isEmpty()) {
        throw new PhospheneException(
            "layer \"%s\": an input layer stands within a Sequential model"
                .formatted(entry.name()));
      }
      entries.add(entry);
    }
    if (entries.isEmpty()) {
      throw new PhospheneException("the Sequential model in it has no layers");
    }
    Reference input = new Reference(entries.get(0).name(), 0, 0);
    Reference output = new Reference(entries.get(entries.size() - 1).name(), 0, 0);
    String name = config.path("name").asText("sequential");
    return new NetworkConfig(name, true, entries, List.of(input), List.of(output));
  }

  /** The input of a chain that has no layer for it: the first layer or the model says its shape. */
  private static Entry impliedInput(Entry first, JsonNode layer, JsonNode model) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    Entry deepest = first;
    while (deepest.network() != null && !deepest.network().layers().isEmpty()) {
      deepest = deepest.network().layers().get(0);
    }
    for (JsonNode shape :
        new JsonNode[] {
          first.config().path("batch_input_shape"),
          first.config().path("batch_shape"),
          deepest.config().path("batch_input_shape"),
          deepest.config().path("batch_shape"),
          layer.path("build_config").path("input_shape"),
          model.path("build_input_shape")
        }) {
      if (shape.isArray()) {
        config.set("batch_shape", shape);
        break;
      }
    }
    if (first.config().path("dtype").isTextual()) {
      config.set("dtype", first.config().path("dtype"));
    }
    String name = first.name() + "_input";
    return new Entry(name, NetworkConfig.INPUT, false, config, null, List.of());
  }

  /** A layer without its calls. */
  static Entry entry(JsonNode layer) {
    JsonNode config = layer.path("config");
    String name = layer.path("name").asText(config.path("name").asText(""));
    String className = className(layer);
    if (className.isEmpty() || name.isEmpty()) {
      throw new PhospheneException(
          "its configuration is malformed: a layer has no class name or no name");
    }
    NetworkConfig network = isNetwork(layer) ? network(layer) : null;
    boolean isOperation = network == null && isOperation(layer);
    return new Entry(name, className, isOperation, config, network, List.of());
  }

  /**
   * Whether a serialized object is a function of {@code keras.ops}. Files in HDF5 do not name the
   * module, but of all that is called in Keras 3, functions alone have no data type.
   */
  private static boolean isOperation(JsonNode layer) {
    if (layer.has("module")) {
      return layer.path("module").asText("").startsWith("keras.src.ops");
    }
    JsonNode config = layer.path("config");
    return layer.path("inbound_nodes").path(0).has("args")
        && !config.has("trainable")
        && !config.has("dtype");
  }

  private static JsonNode array(JsonNode config, String key) {
    JsonNode found = config.path(key);
    if (!found.isArray()) {
      throw new PhospheneException(
          "its configuration is malformed: \"%s\" of a model is no list".formatted(key));
    }
    return found;
  }

  private static List<Reference> references(JsonNode node) {
    return argument(node).tensors();
  }

  private static Call call(JsonNode node) {
    if (node.isObject() && node.has("args")) {
      List<Argument<Reference>> positional = new ArrayList<>();
      node.path("args").forEach(each -> positional.add(argument(each)));
      return new Call(positional, named(node.path("kwargs")));
    }
    // Keras 2: [[layer, call, output, keywords], ...], or a single one of these.
    Argument<Reference> inputs = argument(node);
    if (inputs instanceof Argument.Many<Reference> many && many.items().size() == 1) {
      inputs = many.items().get(0);
    }
    return new Call(List.of(inputs), named(keywords(node)));
  }

  /** The keywords of a call in Keras 2 stand with the first of its inputs. */
  private static JsonNode keywords(JsonNode node) {
    JsonNode first = node;
    while (first.isArray() && first.size() > 0 && !first.get(0).isTextual()) {
      first = first.get(0);
    }
    return first.path(3);
  }

  private static Map<String, Argument<Reference>> named(JsonNode keywords) {
    Argument<Reference> argument = argument(keywords);
    return argument instanceof Argument.Named<Reference> named ? named.entries() : Map.of();
  }

  private static Argument<Reference> argument(JsonNode node) {
    Reference reference = reference(node);
    if (reference != null) {
      return new Argument.Given<>(reference);
    }
    if (node.isArray() && containsReference(node)) {
      List<Argument<Reference>> items = new ArrayList<>();
      node.forEach(item -> items.add(argument(item)));
      return new Argument.Many<>(items);
    }
    if (node.isObject() && (!node.has("class_name") || containsReference(node))) {
      Map<String, Argument<Reference>> entries = new LinkedHashMap<>();
      node.properties().forEach(entry -> entries.put(entry.getKey(), argument(entry.getValue())));
      return new Argument.Named<>(entries);
    }
    return new Argument.Plain<>(node);
  }

  private static boolean containsReference(JsonNode node) {
    if (reference(node) != null) {
      return true;
    }
    for (JsonNode inner : node) {
      if (inner.isContainerNode() && containsReference(inner)) {
        return true;
      }
    }
    return false;
  }

  /** What a node stands for where it is a tensor in either form; else null. */
  private static @Nullable Reference reference(JsonNode node) {
    JsonNode history = node;
    if (node.path("class_name").asText("").equals("__keras_tensor__")) {
      history = node.path("config").path("keras_history");
    } else if (node.isObject()) {
      return null;
    }
    boolean fits =
        history.isArray()
            && history.size() >= 3
            && history.size() <= 4
            && history.get(0).isTextual()
            && history.get(1).canConvertToInt()
            && history.get(1).intValue() >= 0 // tf.keras 2 has ["_CONSTANT_VALUE", -1, ...]
            && history.get(2).canConvertToInt()
            && history.get(2).intValue() >= 0
            && (history.size() == 3 || history.get(3).isContainerNode());
    return fits
        ? new Reference(
            history.get(0).asText(), history.get(1).intValue(), history.get(2).intValue())
        : null;
  }
}
