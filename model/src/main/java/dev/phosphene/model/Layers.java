package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the layers of a graph.
 *
 * <p>Nodes of one module that has no modules within it, as exporters note modules, are one layer.
 * Nodes that stand directly in a container of modules, or in no module, are a layer each if they
 * compute something that a person would look at or give an output of the model, and none if they
 * only move numbers around. Nodes that do not depend on the model's input, and those that compute
 * with shapes, are not layers.
 */
final class Layers {
  private final Graph graph;
  private final GraphNotes notes;
  private final ChannelAxes channels;
  private final TokenGrids grids;
  private final DecomposedNormalization normalization;
  private final List<Placed> placed = new ArrayList<>();
  private final Set<String> containers = new HashSet<>();
  private final List<Group> groups = new ArrayList<>();
  private final Map<String, Group> latest = new HashMap<>();
  private final Map<String, Group> givenBy = new HashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();

  /** A node that carries data, its position in the graph, and where it stands in the code. */
  private record Placed(int position, Node node, ModulePath path) {
    String module() {
      return path.module();
    }
  }

  /** Nodes that are one layer; mutable while they are gathered. */
  private static final class Group {
    private final String name;
    private final List<Placed> nodes = new ArrayList<>();
    private String kind = "";

    Group(String name, Placed first) {
      this.name = name;
      nodes.add(first);
    }

    Placed last() {
      return nodes.get(nodes.size() - 1);
    }

    String output() {
      return last().node().output(0);
    }
  }

  private Layers(Graph graph) {
    this.graph = graph;
    this.notes = new GraphNotes(graph);
    this.channels = new ChannelAxes(graph);
    this.grids = TokenGrids.of(graph);
    this.normalization = new DecomposedNormalization(graph);
  }

  /**
   * The layer table of a graph.
   *
   * @param model what messages call the model
   */
  static LayerTable of(Graph graph, String model) {
    Layers layers = new Layers(BatchShapes.refined(graph));
    layers.findModules();
    layers.group();
    List<Layer> listed = layers.list();
    return new LayerTable(model, listed, layers::unlisted);
  }

  private void findModules() {
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      if (notes.carriesData(node)) {
        ModulePath path = ModulePath.of(node, notes.weightName(node));
        placed.add(new Placed(i, node, path));
        String around = ModulePath.parent(path.module());
        while (!around.isEmpty() && containers.add(around)) {
          around = ModulePath.parent(around);
        }
      }
    }
    containers.add("");
  }

  private void group() {
    int previous = -1;
    for (Placed next : placed) {
      String module = next.module();
      if (!containers.contains(module)) {
        Group group = latest.get(module);
        if (group != null && (group.last().position() == previous || reads(next, group))) {
          group.nodes.add(next);
        } else {
          group = new Group(module, next);
          latest.put(module, group);
          groups.add(group);
        }
        for (String output : next.node().outputs()) {
          givenBy.put(output, group);
        }
      } else if (OperatorRoles.isNotable(next.node()) || givesOutput(next.node())) {
        Group group = new Group(qualified(module, leaf(next.node(), next.path())), next);
        normalization.endingAt(next.node()).ifPresent(parts -> absorb(group, parts));
        groups.add(group);
        givenBy.put(next.node().output(0), group);
      }
      previous = next.position();
    }
  }

  /** Whatever gives an output of the model is a layer: the last layer is what the model gives. */
  private boolean givesOutput(Node node) {
    return node.outputs().stream().anyMatch(graph.outputs()::contains);
  }

  /** Makes the single nodes of a batch normalization one layer, under the last one's name. */
  private void absorb(Group group, List<Node> parts) {
    List<Group> single = new ArrayList<>();
    for (Node part : parts.subList(0, parts.size() - 1)) {
      Group other = givenBy.get(part.output(0));
      if (other == null || other.nodes.size() != 1 || !containers.contains(other.last().module())) {
        return;
      }
      single.add(other);
    }
    for (int i = 0; i < single.size(); i++) {
      group.nodes.add(i, single.get(i).last());
    }
    group.kind = DecomposedNormalization.KIND;
    groups.removeAll(single);
  }

  private boolean reads(Placed node, Group group) {
    return node.node().inputs().stream().anyMatch(input -> givenBy.get(input) == group);
  }

  private static String qualified(String module, String leaf) {
    return module.isEmpty() ? leaf : module + "." + leaf;
  }

  /** What a node outside of leaf modules is called: as the file does, if it does. */
  private static String leaf(Node node, ModulePath path) {
    if (!path.leaf().isEmpty()) {
      return path.leaf();
    }
    String output = node.output(0);
    boolean telling =
        path.module().isEmpty()
            && !node.metadata().containsKey(ModulePath.NAME_SCOPES)
            && !output.chars().allMatch(Character::isDigit);
    return telling ? output : node.type().name();
  }

  private List<Layer> list() {
    List<Group> ordered =
        groups.stream()
            .filter(this::isReal)
            // A layer stands where its last node does.
            .sorted(Comparator.comparingInt(group -> group.last().position()))
            .toList();
    Set<String> taken = new HashSet<>();
    ordered.forEach(group -> taken.add(group.name));
    Map<String, Integer> calls = new HashMap<>();
    Set<String> counted = new HashSet<>();
    Map<Group, List<AttentionHeads.Heads>> heads = headsWithin();
    List<Layer> layers = new ArrayList<>();
    int index = 0;
    for (Group group : ordered) {
      String name = group.name;
      // A module called again has the name with _1, _2, ..., as PyTorch's older exporter does it.
      for (int call = calls.merge(name, 1, Integer::sum) - 1; call > 0; call++) {
        name = group.name + "_" + call;
        if (taken.add(name)) {
          calls.put(group.name, call + 1);
          break;
        }
      }
      layers.add(layer(index++, name, group, counted));
      for (AttentionHeads.Heads within : heads.getOrDefault(group, List.of())) {
        layers.add(heads(within, name, group, taken));
      }
    }
    return layers;
  }

  private Map<Group, List<AttentionHeads.Heads>> headsWithin() {
    Map<Group, List<AttentionHeads.Heads>> within = new HashMap<>();
    for (AttentionHeads.Heads heads : new AttentionHeads(graph).all()) {
      Group group = givenBy.get(heads.value());
      if (group != null) {
        within.computeIfAbsent(group, unused -> new ArrayList<>()).add(heads);
      }
    }
    return within;
  }

  /** Heads are called after the module of their attention, be it the layer or around it. */
  private Layer heads(AttentionHeads.Heads heads, String layer, Group group, Set<String> taken) {
    String module = group.last().module();
    String attention = containers.contains(module) && !module.isEmpty() ? module : layer;
    String name = attention + ".heads";
    for (int other = 1; !taken.add(name); other++) {
      name = attention + ".heads_" + other;
    }
    return Layer.ofHeads(name, graph.value(heads.value()), heads, grids);
  }

  private boolean isReal(Group group) {
    ElementType type = graph.value(group.output()).type();
    boolean mayBe = type == ElementType.UNKNOWN && OperatorRoles.givesTensor(group.last().node());
    return type.isFloating() || mayBe;
  }

  private Layer layer(int index, String name, Group group, Set<String> counted) {
    long parameters = 0;
    String kind = group.kind;
    for (Placed member : group.nodes) {
      parameters += notes.parameters(member.node(), counted);
      if (kind.isEmpty() && !notes.weightName(member.node()).isEmpty()) {
        kind = member.node().type().name();
      }
      String alias = member.path().alias();
      if (alias != null) {
        aliases.putIfAbsent(alias, group.output());
      }
    }
    String characteristic = kind.isEmpty() ? group.last().node().type().name() : kind;
    return layer(index, name, characteristic, group.output(), parameters);
  }

  private Layer layer(int index, String name, String kind, String output, long parameters) {
    return Layer.of(
        index, name, kind, graph.value(output), channels.of(output), parameters, grids.of(output));
  }

  /** What can be named without being in the table: other names, containers, nodes and values. */
  private Optional<Layer> unlisted(String name) {
    String value = aliases.get(name);
    for (int i = placed.size() - 1; i >= 0 && value == null; i--) {
      String module = placed.get(i).module();
      if (module.equals(name) || module.startsWith(name + ".")) {
        value = placed.get(i).node().output(0); // what leaves a container last
      }
    }
    if (value == null && graph.producer(name).isEmpty() && !graph.isInput(name)) {
      value =
          graph.nodes().stream()
              .filter(node -> node.name().equals(name))
              .map(node -> node.output(0))
              .findFirst()
              .orElse(null);
    } else if (value == null) {
      value = name;
    }
    return name.isEmpty() || value == null
        ? Optional.empty()
        : Optional.of(layer(Layer.UNLISTED, name, kind(value), value, 0));
  }

  private String kind(String value) {
    return graph.producer(value).map(node -> node.type().name()).orElse("Input");
  }
}
