package dev.phosphene.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.file.FileLayer;
import dev.phosphene.model.keras.NetworkConfig.Call;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.NetworkConfig.Reference;
import dev.phosphene.model.keras.layer.Argument;
import dev.phosphene.model.keras.layer.KerasLayers;
import dev.phosphene.model.keras.layer.LayerBuilder;
import dev.phosphene.model.keras.layer.LayerCall;
import dev.phosphene.model.keras.layer.LayerConfig;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Makes a graph of a network: calls of layers in the order of data, networks within networks in
 * their place. The output of each call is a value that has the layer's name, with those of the
 * networks around it; of further calls, {@code name:1}, {@code name:2}, and so on.
 */
final class NetworkBuilder {
  /** Calls of layers; networks within networks can grow without end from a short file. */
  private static final int MOST_CALLS = 20_000;

  private final GraphBuilder graph = new GraphBuilder(StandardOperators.table());
  private final KerasLayers table;
  private final int kerasVersion;
  private final ValueNames names = new ValueNames(graph);
  private final FilterAxes axes;
  private final Map<String, Value> constants = new HashMap<>();
  private final WeightCount weightCount = new WeightCount();
  private final Masks masks = new Masks();
  private int calls;

  /** Where a network stands: what is before the names of its layers, and of their weights. */
  private record Scope(String names, String weights) {
    private static final Scope OUTERMOST = new Scope("", "");
  }

  /** What a network gives, and rows of the layer table for its layers. */
  private record Built(List<Value> outputs, List<FileLayer> layers) {}

  /** The graph of a whole model, and its layer table. */
  record Result(Graph graph, List<FileLayer> layers) {}

  private NetworkBuilder(KerasLayers table, int kerasVersion, FilterAxes axes) {
    this.table = table;
    this.kerasVersion = kerasVersion;
    this.axes = axes;
  }

  /**
   * Builds a whole model.
   *
   * @throws PhospheneException where a layer is not known, a weight is missing, or configuration
   *     and weights contradict each other
   */
  static Result build(
      NetworkConfig network, NetworkWeights weights, KerasLayers table, int kerasVersion) {
    NetworkBuilder builder = new NetworkBuilder(table, kerasVersion, new FilterAxes(network));
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (Reference input : network.inputs()) {
      inputs.put(input.layer(), builder.input(network, input.layer()));
    }
    Built built = builder.build(network, Scope.OUTERMOST, weights, inputs);
    return new Result(builder.names.applied(built.outputs()), built.layers());
  }

  private Value input(NetworkConfig network, String name) {
    Entry entry =
        network.layers().stream()
            .filter(layer -> layer.name().equals(name) && layer.isInput())
            .findFirst()
            .orElseThrow(
                () ->
                    new PhospheneException(
                        "its input \"%s\" is not an InputLayer of the model".formatted(name)));
    InputShape shape = InputShape.of(new LayerConfig(describe(name, entry), entry.config()));
    Value input = graph.input(name, shape.type(), shape.shape());
    names.take(name);
    return input;
  }

  private Built build(
      NetworkConfig network, Scope scope, NetworkWeights weights, Map<String, Value> inputs) {
    Map<String, List<FileLayer>> rows = new HashMap<>();
    Map<CallOrder.Step, List<Value>> results = new HashMap<>();
    for (Entry entry : network.layers()) {
      Value given = inputs.get(entry.name());
      if (entry.isInput() && given != null) {
        String name = scope.names() + entry.name();
        Value named = scope.equals(Scope.OUTERMOST) ? given : names.give(given, name);
        axes.note(entry, named, List.of());
        results.put(new CallOrder.Step(entry, 0), List.of(named));
        rows.put(entry.name(), List.of(row(entry, scope, names.of(named), named, 0)));
      }
    }
    CallOrder order = CallOrder.of(network);
    for (CallOrder.Step step : order.steps()) {
      if (!step.entry().isInput()) {
        call(step, order, network, scope, weights, results, rows);
      }
    }
    List<Value> outputs =
        network.outputs().stream().map(reference -> order.find(reference, results)).toList();
    List<FileLayer> listed = new ArrayList<>();
    for (Entry entry : network.layers()) {
      if (!entry.isOperation() && !(network.isSequential() && entry.isInput())) {
        listed.addAll(rows.getOrDefault(entry.name(), List.of()));
      }
    }
    return new Built(
        outputs, scope.equals(Scope.OUTERMOST) ? LayerNumbers.numbered(listed) : listed);
  }

  private void call(
      CallOrder.Step step,
      CallOrder order,
      NetworkConfig network,
      Scope scope,
      NetworkWeights weights,
      Map<CallOrder.Step, List<Value>> results,
      Map<String, List<FileLayer>> rows) {
    Entry entry = step.entry();
    Call call = entry.calls().get(step.call());
    String suffix = step.call() == 0 ? "" : ":" + step.call();
    String name = scope.names() + entry.name() + suffix;
    List<Argument<Value>> positional =
        call.positional().stream().map(given -> given.map(r -> order.find(r, results))).toList();
    Map<String, Argument<Value>> named = new LinkedHashMap<>();
    call.named().forEach((key, given) -> named.put(key, given.map(r -> order.find(r, results))));
    long before = weightCount.total();
    List<FileLayer> inner = List.of();
    List<Value> outputs;
    LayerCall layer = null;
    if (entry.network() == null) {
      layer =
          layerCall(
              entry, name, scope.weights() + entry.name(), positional, named, network, weights);
      outputs =
          outputs(masks.given(entry, layer, network.isSequential() || kerasVersion < 3), entry);
    } else {
      Built built = inner(entry, name, scope, positional, weights.network(network, entry));
      outputs = built.outputs();
      inner = built.layers();
    }
    List<Value> given = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      given.add(names.give(outputs.get(i), i == 0 ? name : name + "/output_" + i));
    }
    List<Value> tensors = positional.stream().flatMap(a -> a.tensors().stream()).toList();
    given.forEach(output -> axes.note(entry, output, tensors));
    if (layer != null && !given.isEmpty()) {
      masks.note(entry, layer, given.get(0));
    }
    results.put(step, given);
    if (step.call() == 0 && !given.isEmpty()) {
      long parameters = weightCount.total() - before;
      List<FileLayer> listed = new ArrayList<>();
      listed.add(row(entry, scope, names.of(given.get(0)), given.get(0), parameters));
      listed.addAll(inner);
      rows.put(entry.name(), listed);
    }
  }

  private Built inner(
      Entry entry,
      String name,
      Scope scope,
      List<Argument<Value>> positional,
      NetworkWeights weights) {
    NetworkConfig network = entry.network();
    List<Value> tensors = positional.stream().flatMap(a -> a.tensors().stream()).toList();
    if (network == null || tensors.size() != network.inputs().size()) {
      throw new PhospheneException(
          "%s is called with %d tensors, expected %d"
              .formatted(
                  describe(name, entry),
                  tensors.size(),
                  network == null ? 0 : network.inputs().size()));
    }
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      inputs.put(network.inputs().get(i).layer(), tensors.get(i));
    }
    Scope within = new Scope(name + "/", scope.weights() + entry.name() + "/");
    return build(network, within, weights, inputs);
  }

  private LayerCall layerCall(
      Entry entry,
      String name,
      String weightScope,
      List<Argument<Value>> positional,
      Map<String, Argument<Value>> named,
      NetworkConfig network,
      NetworkWeights weights) {
    return new LayerCall(
        name,
        entry.className(),
        new LayerConfig(describe(name, entry), entry.config()),
        weightCount.counting(weights.layer(network, entry)),
        positional,
        named,
        graph,
        (what, tensor) -> constant(weightScope + "/" + what, tensor),
        (around, layer, attribute, inputs) ->
            wrapped(around, weightScope, layer, attribute, inputs),
        kerasVersion);
  }

  private Value constant(String name, Tensor tensor) {
    return constants.computeIfAbsent(name, wanted -> graph.constant(names.free(wanted), tensor));
  }

  private List<Value> outputs(LayerCall call, Entry entry) {
    if (++calls > MOST_CALLS) {
      throw new PhospheneException(
          "its layers are called more than %d times; it is damaged".formatted(MOST_CALLS));
    }
    String key =
        entry.isOperation() ? KerasLayers.OPERATION + entry.className() : entry.className();
    LayerBuilder builder =
        table.find(key).orElseThrow(() -> UnknownLayer.error(call, entry, table));
    graph.label(call.name() + "/", Map.of());
    List<Value> outputs = builder.build(call);
    graph.label("", Map.of());
    return outputs;
  }

  /** A call of a layer that stands in another one's configuration. */
  private List<Value> wrapped(
      LayerCall around, String scope, JsonNode layer, String attribute, List<Value> inputs) {
    Entry entry = ConfigParser.entry(layer);
    String name = around.name() + "/" + entry.name();
    List<Argument<Value>> positional = List.of(given(inputs));
    if (entry.network() != null) {
      NetworkWeights weights = weightCount.network(around.weights(), attribute);
      return inner(entry, name, new Scope("", scope + "/"), positional, weights).outputs();
    }
    String weightScope = scope + "/" + attribute;
    LayerCall call =
        new LayerCall(
            name,
            entry.className(),
            new LayerConfig(describe(name, entry), entry.config()),
            around.weights().part(attribute),
            positional,
            Masks.handedOn(around, entry),
            graph,
            (what, tensor) -> constant(weightScope + "/" + what, tensor),
            (outer, inner, key, given) -> wrapped(outer, weightScope, inner, key, given),
            kerasVersion);
    List<Value> outputs = outputs(call, entry);
    graph.label(around.name() + "/", Map.of());
    return outputs;
  }

  private static Argument<Value> given(List<Value> inputs) {
    if (inputs.size() == 1) {
      return new Argument.Given<>(inputs.get(0));
    }
    List<Argument<Value>> items = new ArrayList<>();
    inputs.forEach(input -> items.add(new Argument.Given<>(input)));
    return new Argument.Many<>(items);
  }

  private FileLayer row(Entry entry, Scope scope, String output, Value value, long parameters) {
    OptionalInt axis = axes.of(value);
    return new FileLayer(
        FileLayer.INNER, scope.names() + entry.name(), entry.className(), output, axis, parameters);
  }

  private static String describe(String name, Entry entry) {
    return "layer \"%s\" (%s)".formatted(name, entry.className());
  }
}
