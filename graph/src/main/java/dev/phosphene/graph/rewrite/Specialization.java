package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Inference;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Renaming;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fixes the shapes of a graph's inputs: types and shapes of all values follow, the shape arithmetic
 * that exporters leave is computed, and the bodies of If, Loop and Scan take their places where
 * that can be decided now, or have such shapes themselves.
 */
public final class Specialization {
  private final GraphBuilder builder;
  private final OperatorTable operators;
  private final Folding folding;
  private final InputShapes shapes;
  private final Bodies bodies;
  private final Sequences sequences;
  private final Map<String, Integer> nodeNames = new HashMap<>();

  private Specialization(
      InputShapes shapes, OperatorTable operators, GraphBuilder builder, Bodies.Budget budget) {
    this.shapes = shapes;
    this.builder = builder;
    this.bodies =
        new Bodies(
            builder,
            shapes,
            this::visit,
            budget,
            body -> new Specialization(shapes, operators, body, budget).bodies);
    this.sequences = new Sequences(builder, this::visit);
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
    InputShapes shapes = new InputShapes(graph, inputShapes);
    GraphBuilder builder = new GraphBuilder(operators);
    return new Specialization(shapes, operators, builder, new Bodies.Budget()).run(graph);
  }

  private Graph run(Graph graph) {
    builder.reserve(Renaming.allNames(graph));
    for (Value input : graph.inputs()) {
      builder.input(input.name(), input.type(), shapes.of(input));
    }
    graph.constants().forEach(builder::constant);
    Map<String, Value> declared = new HashMap<>();
    graph.values().forEach(value -> declared.put(value.name(), shapes.declared(value)));
    graph.nodes().forEach(node -> visit(node, declared));
    sequences.make(graph.outputs());
    Graph whole = builder.build(graph.outputs());
    Graph needed = whole.reaching(graph.outputs());
    return new Graph(
        whole.inputs(), graph.outputs(), needed.nodes(), needed.constants(), needed.values());
  }

  /** Adds a node, or what stands in its place. */
  private void visit(Node node, Map<String, Value> declared) {
    if (!sequences.resolve(node) && !bodies.expand(node)) {
      sequences.make(Graph.reads(node));
      add(
          node.withName(unused(node.name())),
          node.outputs().stream().filter(declared::containsKey).map(declared::get).toList());
    }
  }

  /** A name of a node that is not taken: iterations of a loop have nodes of the same names. */
  private String unused(String name) {
    int uses = name.isEmpty() ? 1 : nodeNames.merge(name, 1, Integer::sum);
    return uses == 1 ? name : unused(name + "_" + uses);
  }

  private void add(Node node, List<Value> declaredOutputs) {
    List<Value> arguments = node.inputs().stream().map(builder::value).toList();
    Inference inference =
        new Inference(node, arguments, name -> builder.constantOf(builder.value(name)));
    operators.find(node.type()).ifPresent(spec -> spec.inference().infer(inference));
    List<Tensor> computed = folding.fold(node, inference.result());
    if (computed.isEmpty()) {
      builder.add(node, declaredOutputs);
      return;
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty()) {
        builder.constant(node.output(i), computed.get(i));
      }
    }
  }
}
