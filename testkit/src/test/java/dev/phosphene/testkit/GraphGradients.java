package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/**
 * Gradients of whole graphs, once specialized, against finite differences of the graphs as they
 * were, computed by ONNX Runtime: from input x of float64 to the sum of the squares of y.
 */
final class GraphGradients {
  private static final double TOLERANCE = 1e-8;

  private GraphGradients() {}

  static Graph special(Graph graph) {
    return Specialization.of(graph, Map.of(), StandardOperators.table());
  }

  static void assertGradient(Graph graph, Tensor x) {
    double[] found = gradient(special(graph), x, StandardRules.rules());
    double[] point = x.toDoubles();
    try (Session session = compile(graph)) {
      for (int i = 0; i < point.length; i++) {
        int moved = i;
        DoubleUnaryOperator along =
            distance -> {
              double[] near = point.clone();
              near[moved] += distance;
              double[] y = run(session, Tensor.of(near, x.sizes()));
              return Arrays.stream(y).map(element -> element * element).sum();
            };
        double expected = FiniteDifferences.at(along, 0x1p-5, 6).value();
        double scale = Math.max(1, Math.abs(expected));
        assertThat(Math.abs(found[i] - expected) / scale).as("element " + i).isLessThan(TOLERANCE);
      }
    }
  }

  /** The gradient at x of the sum of the squares of y. */
  static double[] gradient(Graph special, Tensor x, GradientRules rules) {
    GraphBuilder builder = GraphBuilder.from(special, StandardOperators.table());
    Value square = builder.square(builder.value("y"));
    Value sum = builder.reduceSum(square, false, builder.axesFrom(square, 0));
    String gradient =
        Differentiation.gradients(builder, sum, List.of(builder.value("x")), rules).get(0).name();
    Graph graph = builder.build(List.of(gradient));
    Verification.verify(graph, StandardOperators.table());
    try (Session session = compile(graph)) {
      return run(session, x);
    }
  }

  static Session compile(Graph graph) {
    return Session.compile(graph.reaching(graph.outputs()), SessionSettings.SMALL);
  }

  static double[] run(Session session, Tensor x) {
    return session.run(Map.of("x", x)).values().iterator().next().toDoubles();
  }

  static void node(
      GraphBuilder builder,
      String operator,
      Attributes attributes,
      List<String> inputs,
      String... outputs) {
    builder.add(
        new Node(
            outputs[0],
            OperatorType.of(operator),
            inputs,
            Arrays.asList(outputs),
            attributes,
            Map.of()));
  }

  /** A graph or a body; values of bodies differ in name from those around them. */
  static Graph graph(List<String> outputs, Consumer<GraphBuilder> picture) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    picture.accept(builder);
    return builder.build(outputs);
  }
}
