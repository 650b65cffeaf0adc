package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Inference;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fixes the shapes of a graph's inputs: types and shapes of all values follow, the shape arithmetic
 * that exporters leave is computed, and branches that are never taken go.
 */
public final class Specialization {
  private final GraphBuilder builder;
  private final OperatorTable operators;
  private final Folding folding;

  private Specialization(OperatorTable operators) {
    this.builder = new GraphBuilder(operators);
    this.operators = operators;
    this.folding = new Folding(builder, operators);
  }

  /**
   * The graph for these shapes of its inputs.
   *
   * <p>Shapes may differ from those that the model declares, but not in rank: what the model
   * declares of other values then counts only as far as inference confirms it. Values keep their
   * names; nodes that the outputs do not need are left out; all inputs stay.
   *
   * @param inputShapes for all inputs or some; the others keep the shapes that they have
   * @throws PhospheneException where shapes contradict each other; the message names the node
   */
  public static Graph of(Graph graph, Map<String, Shape> inputShapes, OperatorTable operators) {
    return new Specialization(operators).run(graph, new InputShapes(graph, inputShapes));
  }

  /** A node to come, with what is declared of its outputs. */
  private record Pending(Node node, Map<String, Value> declared) {
    List<Value> declaredOutputs() {
      return node.outputs().stream().filter(declared::containsKey).map(declared::get).toList();
    }
  }

  private Graph run(Graph graph, InputShapes shapes) {
    builder.reserve(Renaming.allNames(graph));
    for (Value input : graph.inputs()) {
      builder.input(input.name(), input.type(), shapes.of(input));
    }
    graph.constants().forEach(builder::constant);
    Map<String, Value> declared = new HashMap<>();
    graph.values().forEach(value -> declared.put(value.name(), shapes.declared(value)));
    for (Node node : graph.nodes()) {
      Deque<Pending> pending = new ArrayDeque<>();
      pending.add(new Pending(node, declared));
      while (!pending.isEmpty()) {
        Pending next = pending.removeFirst();
        takenBranch(next.node())
            .ifPresentOrElse(
                branch -> inline(next.node(), branch, shapes).forEach(pending::addFirst),
                () -> add(next));
      }
    }
    Graph whole = builder.build(graph.outputs());
    Graph needed = whole.reaching(graph.outputs());
    return new Graph(
        whole.inputs(), graph.outputs(), needed.nodes(), needed.constants(), needed.values());
  }

  private void add(Pending pending) {
    Node node = pending.node();
    List<Value> arguments = node.inputs().stream().map(builder::value).toList();
    Inference inference =
        new Inference(node, arguments, name -> builder.constantOf(builder.value(name)));
    operators.find(node.type()).ifPresent(spec -> spec.inference().infer(inference));
    List<Tensor> computed = folding.fold(node, inference.result());
    if (computed.isEmpty()) {
      builder.add(node, pending.declaredOutputs());
      return;
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty()) {
        builder.constant(node.output(i), computed.get(i));
      }
    }
  }

  /** The branch that an If takes, where its condition is a constant. */
  private Optional<Graph> takenBranch(Node node) {
    if (!node.is("If")) {
      return Optional.empty();
    }
    return builder
        .constantOf(builder.value(node.input(0)))
        .filter(condition -> condition.elements() == 1)
        .flatMap(
            condition ->
                node.attributes().graph(condition.getLong(0) != 0 ? "then_branch" : "else_branch"))
        .filter(branch -> branch.inputs().isEmpty());
  }

  /**
   * The nodes of a branch, to stand in place of its If; last first. Names of the branch that are
   * taken outside are changed; the values that the If gave keep theirs.
   */
  private Deque<Pending> inline(Node node, Graph branch, InputShapes shapes) {
    Map<String, String> names = new HashMap<>();
    branch.constants().keySet().forEach(name -> names.put(name, free(name)));
    Set<String> produced = new HashSet<>();
    for (Node inner : branch.nodes()) {
      inner.outputs().stream().filter(output -> !output.isEmpty()).forEach(produced::add);
    }
    produced.forEach(name -> names.put(name, free(name)));
    Map<String, String> copies = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(node.outputs().size(), branch.outputs().size()); i++) {
      String inside = branch.outputs().get(i);
      String outside = node.output(i);
      if (!outside.isEmpty()) {
        if (produced.remove(inside)) { // the first use as an output takes over the name
          names.put(inside, outside);
        } else {
          copies.put(outside, inside);
        }
      }
    }
    branch.constants().forEach((name, tensor) -> builder.constant(names.get(name), tensor));
    Map<String, Value> declared = new HashMap<>();
    for (Value value : Renaming.rename(branch.values(), names)) {
      declared.put(value.name(), shapes.declared(value));
    }
    Deque<Pending> reversed = new ArrayDeque<>();
    for (Node inner : branch.nodes()) {
      reversed.addFirst(new Pending(Renaming.rename(inner, names), declared));
    }
    copies.forEach(
        (outside, inside) ->
            reversed.addFirst(
                new Pending(copy(node, outside, names.getOrDefault(inside, inside)), declared)));
    return reversed;
  }

  private String free(String name) {
    return builder.freshName(name);
  }

  private static Node copy(Node node, String to, String from) {
    return new Node(
        node.name(),
        OperatorType.of("Identity"),
        List.of(from),
        List.of(to),
        Attributes.none(),
        node.metadata());
  }
}
