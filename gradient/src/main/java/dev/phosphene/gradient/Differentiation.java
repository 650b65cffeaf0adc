package dev.phosphene.gradient;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation: adds the gradient of one value with respect to others to the graph
 * that computes it.
 *
 * <p>Only nodes on a path from a wanted value to the target are visited; operators elsewhere need
 * no rule. What all rules need is done here: gradients of several uses of a value are added,
 * gradients at broadcast inputs are summed to the input's shape, and every node made carries the
 * name of its forward node and rule (see {@link Node.Metadata}).
 */
public final class Differentiation {
  private final GraphBuilder builder;
  private final GradientRules rules;
  private final Set<String> dependent = new HashSet<>();
  private final Map<String, Value> gradients = new HashMap<>();
  private final Map<String, NotedSelection> selections = new HashMap<>();
  private final boolean labels;

  private Differentiation(GraphBuilder builder, GradientRules rules, boolean labels) {
    this.builder = builder;
    this.rules = rules;
    this.labels = labels;
  }

  /**
   * Adds the gradients of the sum over all elements of a target.
   *
   * @param builder holds the forward graph; its shapes must be known where rules need them
   * @param target any floating value
   * @param wanted any floating values: inputs, constants or outputs of nodes
   * @return a value of the same shape for each wanted one; zeros where the target does not depend
   *     on it
   * @throws MissingGradientRuleException where an operator on the way has no rule
   * @throws PhospheneException where a rule does not cover the form of a node
   */
  public static List<Value> gradients(
      GraphBuilder builder, Value target, List<Value> wanted, GradientRules rules) {
    Differentiation differentiation = new Differentiation(builder, rules, true);
    Value seed = builder.expand(builder.scalarLike(target, 1), sizes(target));
    return differentiation.run(Map.of(target.name(), seed), wanted);
  }

  /**
   * Adds a vector-Jacobian product: like {@link #gradients}, with a gradient at the target instead
   * of ones.
   *
   * @param seed the gradient at the target, of its shape
   */
  public static List<Value> vectorJacobianProducts(
      GraphBuilder builder, Value target, Value seed, List<Value> wanted, GradientRules rules) {
    return new Differentiation(builder, rules, true).run(Map.of(target.name(), seed), wanted);
  }

  /**
   * The vector-Jacobian product of nodes that a rule wrote in the place of its own; the nodes added
   * keep the notes of that rule.
   *
   * @param seeds gradients at values, by the values' names
   * @return an entry a wanted value, empty where nothing flows to it
   */
  static List<Optional<Value>> within(
      GraphBuilder builder, Map<String, Value> seeds, List<Value> wanted, GradientRules rules) {
    Differentiation differentiation = new Differentiation(builder, rules, false);
    differentiation.walk(seeds, wanted);
    return wanted.stream()
        .map(value -> Optional.ofNullable(differentiation.gradients.get(value.name())))
        .toList();
  }

  private List<Value> run(Map<String, Value> seeds, List<Value> wanted) {
    walk(seeds, wanted);
    builder.label("", Map.of());
    List<Value> results = new ArrayList<>();
    for (Value value : wanted) {
      Value gradient = gradients.get(value.name());
      results.add(
          gradient != null ? gradient : builder.expand(builder.scalarLike(value, 0), sizes(value)));
    }
    return results;
  }

  private void walk(Map<String, Value> seeds, List<Value> wanted) {
    wanted.forEach(value -> dependent.add(value.name()));
    List<Node> path = path(seeds.keySet());
    gradients.putAll(seeds);
    for (int i = path.size() - 1; i >= 0; i--) {
      visit(path.get(i));
    }
  }

  /** Nodes that depend on a wanted value and that the targets need, in topological order. */
  private List<Node> path(Set<String> targets) {
    List<Node> affected = new ArrayList<>();
    for (Node node : builder.nodes()) {
      if (Graph.reads(node).stream().anyMatch(dependent::contains)) {
        affected.add(node);
        boolean integers = rules.isStraightThrough(node) || readsDependentIntegers(node);
        node.outputs().stream()
            .filter(output -> !output.isEmpty())
            .filter(output -> integers || mayCarryGradient(builder.value(output)))
            .forEach(dependent::add);
      }
    }
    Set<String> needed = new HashSet<>(targets);
    List<Node> path = new ArrayList<>();
    for (int i = affected.size() - 1; i >= 0; i--) {
      Node node = affected.get(i);
      if (node.outputs().stream().anyMatch(needed::contains)) {
        path.add(node);
        Graph.reads(node).stream().filter(dependent::contains).forEach(needed::add);
      }
    }
    Collections.reverse(path);
    return path;
  }

  /** Whether a node goes on with integers that a straight-through rule gave. */
  private boolean readsDependentIntegers(Node node) {
    return node.inputs().stream()
        .anyMatch(input -> dependent.contains(input) && !mayCarryGradient(builder.value(input)));
  }

  private static boolean mayCarryGradient(Value value) {
    return switch (value.type()) {
      case UNKNOWN, FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> true;
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL, STRING -> false;
    };
  }

  private void visit(Node node) {
    List<@Nullable Value> arrived = new ArrayList<>();
    for (String output : node.outputs()) {
      arrived.add(gradients.get(output));
    }
    if (arrived.stream().allMatch(gradient -> gradient == null)) {
      return;
    }
    GradientRule rule = rules.rule(node);
    if (labels) {
      label(node);
    }
    List<String> read = new ArrayList<>(node.inputs());
    read.addAll(Backward.captures(node));
    IntPredicate wants = input -> input < read.size() && dependent.contains(read.get(input));
    rule.apply(
        new Backward(
            builder,
            rules,
            node,
            arrived,
            wants,
            (input, gradient) -> accumulate(node, builder.value(read.get(input)), gradient),
            new Selections(node)));
  }

  /** The selections of all rules so far, as the rule of one node sees them. */
  private final class Selections implements Backward.Selections {
    private final Node node;

    Selections(Node node) {
      this.node = node;
    }

    @Override
    public void note(Value gradient, Value source, Selection selection) {
      selections.put(gradient.name(), new NotedSelection(node, source, selection));
    }

    @Override
    public Optional<Value> masked(Value gradient, Value source, UnaryOperator<Value> mask) {
      NotedSelection noted = selections.get(gradient.name());
      // Sums hand a gradient on as it is: then it is no selection of these elements.
      if (noted == null || !noted.source().name().equals(source.name())) {
        return Optional.empty();
      }
      Selection selection = noted.selection();
      Value masked = builder.multiply(selection.gradient(), mask.apply(selection.selected()));
      relabel(noted.node());
      Value moved = selection.back().apply(masked);
      relabel(node);
      return Optional.of(moved);
    }

    private void relabel(Node forward) {
      if (labels) {
        label(forward);
      }
    }
  }

  /** A selection, the forward node that made it, and of what. */
  private record NotedSelection(Node node, Value source, Selection selection) {}

  private void label(Node node) {
    String forward = node.name().isEmpty() ? node.output(0) : node.name();
    builder.label(
        "gradient/" + forward + "/",
        Map.of(Node.Metadata.FORWARD, forward, Node.Metadata.RULE, node.type().toString()));
  }

  private void accumulate(Node node, Value input, Value gradient) {
    Value fitted = fit(node, input, gradient);
    gradients.merge(input.name(), fitted, builder::add);
  }

  /** The gradient in the input's shape: summed over axes along which the input was broadcast. */
  private Value fit(Node node, Value input, Value gradient) {
    if (gradient.shape().equals(input.shape()) && input.shape().isRankKnown()) {
      return gradient;
    }
    if (!gradient.shape().isRankKnown() || !input.shape().isRankKnown()) {
      throw new PhospheneException(
          node.describe()
              + ": its gradient needs the shape of \""
              + input.name()
              + "\", which is not known; fix the shapes of the model's inputs");
    }
    int extra = gradient.rank() - input.rank();
    Value fitted = gradient;
    if (extra > 0) {
      long[] leading = new long[extra];
      for (int axis = 0; axis < extra; axis++) {
        leading[axis] = axis;
      }
      fitted = builder.reduceSum(fitted, false, leading);
    }
    long[] stretched = stretchedAxes(input, fitted);
    if (stretched.length > 0) {
      fitted = builder.reduceSum(fitted, true, stretched);
    }
    boolean smaller = fitted.rank() < input.rank() || isBroadcast(fitted, input);
    return smaller ? builder.expand(fitted, sizes(input)) : fitted;
  }

  private static long[] stretchedAxes(Value input, Value gradient) {
    List<Long> axes = new ArrayList<>();
    int offset = input.rank() - gradient.rank();
    for (int axis = 0; axis < gradient.rank(); axis++) {
      if (input.size(axis + offset) == 1 && gradient.size(axis) != 1) {
        axes.add((long) axis);
      }
    }
    return axes.stream().mapToLong(Long::longValue).toArray();
  }

  private static boolean isBroadcast(Value gradient, Value input) {
    for (int axis = 0; axis < input.rank(); axis++) {
      Dimension size = input.shape().dimension(axis);
      if (gradient.size(axis) == 1 && size.isKnown() && size.size() != 1) {
        return true;
      }
    }
    return false;
  }

  private static long[] sizes(Value value) {
    if (!value.shape().isStatic()) {
      throw new PhospheneException(
          "Differentiating needs the shape of \"%s\", found %s; fix the shapes of the model's inputs"
              .formatted(value.name(), value.shape()));
    }
    return value.shape().sizes();
  }
}
