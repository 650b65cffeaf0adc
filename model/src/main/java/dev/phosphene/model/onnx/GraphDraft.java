package dev.phosphene.model.onnx;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Inference;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The parts of a graph as a file gives them, nodes in any order and in their old forms. */
final class GraphDraft {
  /** Inference that leaves a value unknown where a node contradicts its operator's definition. */
  private static final OperatorTable LENIENT =
      new OperatorTable(
          StandardOperators.table().specs().stream().map(GraphDraft::lenient).toList());

  private final Names names;
  private final Map<String, Value> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final Map<String, Value> declared = new HashMap<>();
  private final Set<String> outputs = new LinkedHashSet<>();
  private final Set<String> defined = new HashSet<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Long> operatorSets = new ArrayList<>();

  GraphDraft(Names names) {
    this.names = names;
  }

  private static OperatorSpec lenient(OperatorSpec spec) {
    return new OperatorSpec(
        spec.type(), spec.since(), node -> inferIfPossible(spec, node), spec.evaluation());
  }

  // A contradiction in a part of the model that nobody uses must not hinder reading it, and a
  // hostile model can bring inference to fail in any way; what is used is inferred again later.
  private static void inferIfPossible(OperatorSpec spec, Inference node) {
    try {
      spec.inference().infer(node);
    } catch (RuntimeException e) {
      for (int i = 0; i < node.outputs(); i++) {
        node.output(i, Value.ABSENT.type(), Value.ABSENT.shape());
      }
    }
  }

  void constant(String name, Tensor tensor) {
    define(name);
    constants.put(name, tensor);
  }

  /** Adds an input, unless a constant has its name: files before IR version 4 list those too. */
  void input(Value input) {
    if (!defined.contains(input.name())) {
      define(input.name());
      inputs.put(input.name(), input);
    }
  }

  void declare(Value value) {
    declared.put(value.name(), value);
  }

  void output(Value value) {
    outputs.add(value.name());
    declared.putIfAbsent(value.name(), value);
  }

  /** Adds a node written for a version of the operators of its domain. */
  void add(Node node, long operatorSet) {
    for (String output : node.outputs()) {
      if (!output.isEmpty()) {
        define(output);
      }
    }
    nodes.add(node);
    operatorSets.add(operatorSet);
  }

  private void define(String name) {
    if (name.isEmpty()) {
      throw new PhospheneException("an input or constant has no name; the file is damaged");
    }
    if (!defined.add(name)) {
      throw new PhospheneException(
          "two values have the name \"%s\"; the file is damaged".formatted(name));
    }
  }

  /** The graph, in topological order and with the operators' current forms. */
  Graph build() {
    GraphBuilder builder = new GraphBuilder(LENIENT);
    inputs.values().forEach(input -> builder.input(input.name(), input.type(), input.shape()));
    constants.forEach(builder::constant);
    for (int index : TopologicalOrder.of(nodes)) {
      Node node = nodes.get(index);
      OperatorUpgrades.upgrade(node, operatorSets.get(index), new UpgradeTarget(builder, names))
          .forEach(current -> builder.add(current, known(current)));
    }
    return builder.build(List.copyOf(outputs));
  }

  private List<Value> known(Node node) {
    return node.outputs().stream().filter(declared::containsKey).map(declared::get).toList();
  }
}
