package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Renaming;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Puts the nodes of bodies in the place of the If, Loop or Scan that has them, so that shapes
 * follow and gradients flow.
 *
 * <p>Of an If with a constant condition the taken branch stays; with another condition both are
 * computed and one is chosen, where all outputs are floating and of one static shape. A Loop is
 * unrolled where its trip count and its condition are constants, a Scan where the scanned length is
 * known; those of many steps stay loops where they can, see {@link KeptLoops}. What does not fit
 * stays as it is; nodes added for it in vain are read by nobody, and go.
 */
final class Bodies {
  /** Bounds what bodies may grow to; a hostile model could nest loops without end. */
  private static final int MOST_NODES = 50_000;

  private static final int MOST_ITERATIONS = 4096;

  private final GraphBuilder builder;
  private final InputShapes shapes;
  private final Visitor visitor;
  private final KeptLoops kept;
  private final Budget budget;

  /** How many nodes bodies have added so far, at any depth. */
  static final class Budget {
    private int added;
  }

  /** Adds one node, which may have bodies itself. */
  interface Visitor {
    void visit(Node node, Map<String, Value> declared);

    /** Adds a node that does some of the work of another, under its name. */
    default void visitFor(
        Node origin, String operator, Attributes attributes, String output, List<String> inputs) {
      visit(
          new Node(
              origin.name(),
              OperatorType.of(operator),
              inputs,
              List.of(output),
              attributes,
              origin.metadata()),
          Map.of());
    }
  }

  /**
   * The bodies of one graph.
   *
   * @param visitor adds nodes to it
   * @param budget shared with graphs around it and within it
   * @param within what does the same for a body that stays one
   */
  Bodies(
      GraphBuilder builder,
      InputShapes shapes,
      Visitor visitor,
      Budget budget,
      Function<GraphBuilder, Bodies> within) {
    this.builder = builder;
    this.shapes = shapes;
    this.visitor = visitor;
    this.budget = budget;
    this.kept = new KeptLoops(builder, this, within);
  }

  /** Puts a node's body in its place; false where the node has none or has to stay. */
  boolean expand(Node node) {
    if (node.is("If")) {
      Optional<Graph> taken = takenBranch(node);
      if (taken.isPresent()) {
        inline(node, taken.get(), List.of(), node.outputs());
        return true;
      }
      return attempt(() -> choose(node));
    }
    if (node.is("Loop")) {
      Unrolling unrolling = new Unrolling(this, builder);
      return attempt(() -> kept.loop(node, unrolling.trips(node)))
          || attempt(() -> unrolling.loop(node));
    }
    return node.is("Scan")
        && (attempt(() -> kept.scan(node))
            || attempt(() -> new Unrolling(this, builder).scan(node)));
  }

  /** Something that gives all outputs of a node, or false. */
  private interface Attempt {
    boolean run();
  }

  private boolean attempt(Attempt attempt) {
    try {
      return budget.added < MOST_NODES && attempt.run();
    } catch (PhospheneException contradiction) {
      return false; // what a branch that is never taken does not allow, for one
    }
  }

  int mostIterations() {
    return MOST_ITERATIONS;
  }

  /** The branch that an If takes, where its condition is a constant. */
  private Optional<Graph> takenBranch(Node node) {
    return builder
        .constantOf(builder.value(node.input(0)))
        .filter(condition -> condition.elements() == 1)
        .flatMap(
            condition ->
                node.attributes().graph(condition.getLong(0) != 0 ? "then_branch" : "else_branch"))
        .filter(branch -> branch.inputs().isEmpty());
  }

  private boolean choose(Node node) {
    Optional<Graph> then = node.attributes().graph("then_branch");
    Optional<Graph> otherwise = node.attributes().graph("else_branch");
    if (then.isEmpty() || otherwise.isEmpty()) {
      return false;
    }
    List<String> a = inline(node, then.get(), List.of(), List.of());
    List<String> b = inline(node, otherwise.get(), List.of(), List.of());
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty() && !isAlike(builder.value(a.get(i)), builder.value(b.get(i)))) {
        return false;
      }
    }
    String condition =
        add(node, "Reshape", Attributes.none(), node.input(0), constant(Tensor.vector()));
    for (int i = 0; i < node.outputs().size(); i++) {
      if (!node.output(i).isEmpty()) {
        give(node, i, "Where", Attributes.none(), condition, a.get(i), b.get(i));
      }
    }
    return true;
  }

  private static boolean isAlike(Value a, Value b) {
    return a.type().isFloating()
        && a.type() == b.type()
        && a.shape().isStatic()
        && a.shape().equals(b.shape());
  }

  /**
   * Adds the nodes of a body.
   *
   * @param arguments values that take the place of the body's inputs
   * @param outside names for the outputs; empty for names like those within
   * @return names of the outputs
   */
  List<String> inline(Node node, Graph body, List<String> arguments, List<String> outside) {
    budget.added += body.nodes().size() + 1;
    if (budget.added > MOST_NODES) {
      throw new PhospheneException(node.describe() + ": its bodies have too many nodes");
    }
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      names.put(body.inputs().get(i).name(), arguments.get(i));
    }
    body.constants()
        .forEach(
            (name, tensor) -> {
              names.put(name, builder.freshName(name));
              builder.constant(names.get(name), tensor);
            });
    Set<String> produced = new HashSet<>();
    for (Node inner : body.nodes()) {
      inner.outputs().stream().filter(output -> !output.isEmpty()).forEach(produced::add);
    }
    produced.forEach(name -> names.put(name, builder.freshName(name)));
    List<Integer> copies = new ArrayList<>();
    for (int i = 0; i < Math.min(outside.size(), body.outputs().size()); i++) {
      if (produced.remove(body.outputs().get(i)) && !outside.get(i).isEmpty()) {
        names.put(body.outputs().get(i), outside.get(i)); // the first use takes over the name
      } else if (!outside.get(i).isEmpty()) {
        copies.add(i);
      }
    }
    Map<String, Value> declared = new HashMap<>();
    if (arguments.isEmpty()) { // a loop's values may differ from one iteration to the next
      for (Value value : Renaming.rename(body.values(), names)) {
        declared.put(value.name(), shapes.declared(value));
      }
    }
    body.nodes().forEach(inner -> visitor.visit(Renaming.rename(inner, names), declared));
    List<String> outputs =
        body.outputs().stream().map(name -> names.getOrDefault(name, name)).toList();
    copies.forEach(i -> give(node, i, "Identity", Attributes.none(), outputs.get(i)));
    return outputs;
  }

  String constant(Tensor tensor) {
    return builder.constant(tensor).name();
  }

  /** Adds a node with the output of another at this position. */
  void give(Node origin, int output, String operator, Attributes attributes, String... inputs) {
    visitor.visitFor(origin, operator, attributes, origin.output(output), Arrays.asList(inputs));
  }

  String add(Node origin, String operator, Attributes attributes, String... inputs) {
    String output = builder.freshName(origin.output(0) + "/" + operator);
    visitor.visitFor(origin, operator, attributes, output, Arrays.asList(inputs));
    return output;
  }
}
