package dev.phosphene.testkit;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.decomposition.Composite;
import dev.phosphene.graph.decomposition.Decompositions;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one-node graph of a case in one precision, and its vector-Jacobian products. */
final class CheckedGraph {
  private static final String WEIGHTS = "weights";

  private final GradientCase checked;
  private final CaseInputs inputs;
  private final ElementType precision;
  private final OperatorTable operators;
  private final boolean decomposed;

  /**
   * Prepares the graph.
   *
   * @param decomposed whether running it forward goes through the operator's decomposition
   */
  CheckedGraph(
      GradientCase checked,
      CaseInputs inputs,
      ElementType precision,
      OperatorTable operators,
      boolean decomposed) {
    this.checked = checked;
    this.inputs = inputs;
    this.precision = precision;
    this.operators = operators;
    this.decomposed = decomposed;
  }

  private static String inputName(int index) {
    return "input" + index;
  }

  private static String outputName(int index) {
    return "output" + index;
  }

  String checkedOutput() {
    return outputName(checked.checkedOutput());
  }

  private static String gradientName(int index) {
    return "gradient" + index;
  }

  /** Adds the case's node; differentiated inputs are inputs of the graph, so nothing is folded. */
  private GraphBuilder build(Collection<Value> declared) {
    GraphBuilder builder = new GraphBuilder(operators);
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < checked.inputs().size(); i++) {
      Input input = checked.inputs().get(i);
      arguments.add(input instanceof Input.Absent ? "" : inputName(i));
      if (input instanceof Input.Fixed fixed) {
        Tensor tensor = fixed.tensor();
        builder.constant(inputName(i), tensor.type().isFloating() ? tensor.as(precision) : tensor);
      } else if (input instanceof Input.Random random) {
        builder.input(inputName(i), precision, Shape.of(random.sizes()));
      } else if (input instanceof Input.Distinct distinct) {
        builder.input(inputName(i), precision, Shape.of(distinct.sizes()));
      }
    }
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < checked.outputs(); i++) {
      outputs.add(outputName(i));
    }
    builder.add(
        new Node("checked", checked.type(), arguments, outputs, checked.attributes(), Map.of()),
        declared);
    return builder;
  }

  /** What shape inference says of the checked output. */
  Value inferredOutput() {
    return build(List.of()).value(checkedOutput());
  }

  /** Compiles the case's node alone, or its decomposition. */
  Session forward() {
    GraphBuilder builder = build(List.of());
    String output = checkedOutput();
    if (decomposed) {
      Node node = builder.lastNode();
      List<Value> inputs = node.inputs().stream().map(builder::value).toList();
      output =
          Decompositions.find(node.type())
              .orElseThrow()
              .decompose(new Composite(node, inputs, builder))
              .get(checked.checkedOutput())
              .name();
    }
    return compile(builder.build(List.of(output)).reaching(List.of(output)));
  }

  /**
   * Compiles the vector-Jacobian product.
   *
   * @param output the checked output, as it was found by running the node
   * @param wanted which inputs to differentiate
   */
  Session gradient(Value output, List<CaseInputs.Point> wanted, GradientRules rules) {
    GraphBuilder builder = build(List.of(output));
    Value target = builder.value(checkedOutput());
    Value seed = builder.input(WEIGHTS, precision, output.shape());
    List<Value> gradients =
        Differentiation.vectorJacobianProducts(
            builder,
            target,
            seed,
            wanted.stream().map(point -> builder.value(inputName(point.index()))).toList(),
            rules);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      // A gradient may be the seed itself, or one value the gradient at two inputs.
      String name = gradientName(wanted.get(i).index());
      builder.add(
          new Node(
              name,
              OperatorType.of("Identity"),
              List.of(gradients.get(i).name()),
              List.of(name),
              Attributes.none(),
              Map.of()),
          List.of(new Value(name, precision, gradients.get(i).shape())));
      names.add(name);
    }
    return compile(builder.build(names).reaching(names));
  }

  private static Session compile(Graph graph) {
    return Session.compile(graph, SessionSettings.SMALL);
  }

  /** The checked output at the case's numbers. */
  Tensor output(Session forward) {
    return output(forward, Map.of());
  }

  /** The checked output with other elements for some inputs, by their positions. */
  Tensor output(Session forward, Map<Integer, double[]> moved) {
    return forward.run(given(forward, moved, null)).values().iterator().next();
  }

  /** The gradient at each wanted input. */
  List<Tensor> gradients(Session gradient, Tensor weights) {
    return List.copyOf(gradient.run(given(gradient, Map.of(), weights)).values());
  }

  private Map<String, Tensor> given(
      Session session, Map<Integer, double[]> moved, @Nullable Tensor weights) {
    Map<String, Tensor> given = new HashMap<>();
    for (CaseInputs.Point point : inputs.points()) {
      double[] elements = moved.getOrDefault(point.index(), point.elements());
      given.put(inputName(point.index()), Tensor.converted(precision, elements, point.sizes()));
    }
    if (weights != null) {
      given.put(WEIGHTS, weights.as(precision));
    }
    given.keySet().retainAll(session.inputs().stream().map(Value::name).toList());
    return given;
  }
}
