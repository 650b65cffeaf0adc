package dev.phosphene.testkit;

import static dev.phosphene.testkit.GraphGradients.node;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.MissingGradientRuleException;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Specialization;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Gradients through If, Loop and Scan, whose bodies specialization puts in their place, against
 * finite differences of the graphs as they were, computed by ONNX Runtime.
 */
class ControlFlowGradientTest {
  private static final double[] POINT = {0.3, -1.2, 0.8, 1.7, -0.4, 0.9};

  /** y is given by a node with bodies; x is {@code [3, 2]} of float64. */
  private static Graph graph(Consumer<GraphBuilder> picture) {
    return GraphGradients.graph(
        List.of("y"),
        builder -> {
          builder.input("x", ElementType.FLOAT64, Shape.of(3, 2));
          picture.accept(builder);
        });
  }

  private static void assertGradient(Graph graph) {
    GraphGradients.assertGradient(graph, Tensor.of(POINT, 3, 2));
  }

  private static void differentiate(Graph graph) {
    Graph special = Specialization.of(graph, Map.of(), StandardOperators.table());
    GraphBuilder builder = GraphBuilder.from(special, StandardOperators.table());
    Differentiation.vectorJacobianProducts(
        builder,
        builder.value("y"),
        builder.input("seed", ElementType.FLOAT64, Shape.of(3, 2)),
        List.of(builder.value("x")),
        StandardRules.rules());
  }

  /** {@code state = tanh(state) * x + i}, and {@code state^2} stacked. */
  private static Graph loopBody(boolean endless) {
    return GraphGradients.graph(
        List.of("continued", "next", "squared"),
        b -> {
          Value iteration = b.input("iteration", ElementType.INT64, Shape.scalar());
          b.input("condition", ElementType.BOOL, Shape.scalar());
          Value state = b.input("state", ElementType.FLOAT64, Shape.of(3, 2));
          Value x = new Value("x", ElementType.FLOAT64, Shape.of(3, 2));
          node(b, "Tanh", Attributes.none(), List.of(state.name()), "bent");
          node(b, "Mul", Attributes.none(), List.of("bent", x.name()), "scaled");
          node(b, "Cast", Attributes.of("to", 11), List.of(iteration.name()), "shift");
          node(b, "Add", Attributes.none(), List.of("scaled", "shift"), "next");
          node(b, "Mul", Attributes.none(), List.of("next", "next"), "squared");
          if (endless) {
            node(b, "Identity", Attributes.none(), List.of("condition"), "continued");
          } else {
            b.constant("last", Tensor.scalar(2L));
            node(b, "Less", Attributes.none(), List.of("iteration", "last"), "continued");
          }
        });
  }

  private static Graph loop(boolean endless, String output) {
    return graph(
        g -> {
          String trips = g.constant("trips", Tensor.scalar(5L)).name();
          String start = g.constant("start", Tensor.scalar(true)).name();
          List<String> outputs = new ArrayList<>(List.of("last_state", "stacked"));
          outputs.set(output.equals("state") ? 0 : 1, "y");
          node(
              g,
              "Loop",
              Attributes.of("body", loopBody(endless)),
              List.of(trips, start, "x"),
              outputs.get(0),
              outputs.get(1));
        });
  }

  @Test
  void loopsOfAKnownNumberOfTrips() {
    assertGradient(loop(true, "state"));
    assertGradient(loop(true, "stacks"));
  }

  @Test
  void loopsThatEndByAConditionOfTheIteration() {
    assertGradient(loop(false, "state"));
    assertGradient(loop(false, "stacks"));
  }

  /** A list that a loop fills from pieces of x, of which one is taken and all are joined. */
  private static Graph list() {
    Graph body =
        GraphGradients.graph(
            List.of("condition", "longer"),
            b -> {
              b.input("iteration", ElementType.INT64, Shape.scalar());
              b.input("condition", ElementType.BOOL, Shape.scalar());
              b.input("list", ElementType.UNKNOWN, Shape.unknown());
              node(b, "SequenceAt", Attributes.none(), List.of("pieces", "iteration"), "piece");
              node(b, "Tanh", Attributes.none(), List.of("piece"), "bent");
              node(b, "SequenceInsert", Attributes.none(), List.of("list", "bent"), "longer");
            });
    return graph(
        g -> {
          String trips = g.constant("trips", Tensor.scalar(3L)).name();
          Attributes doubles = Attributes.of("dtype", 11);
          node(g, "SplitToSequence", Attributes.of("axis", 0), List.of("x"), "pieces");
          node(g, "SequenceEmpty", doubles, List.of(), "empty");
          node(g, "Loop", Attributes.of("body", body), List.of(trips, "", "empty"), "filled");
          node(g, "ConcatFromSequence", Attributes.of("axis", 1), List.of("filled"), "joined");
          String last = g.constant("last", Tensor.scalar(-1L)).name();
          node(g, "SequenceAt", Attributes.none(), List.of("filled", last), "end");
          node(g, "Concat", Attributes.of("axis", 1), List.of("joined", "end"), "y");
        });
  }

  @Test
  void listsThatALoopFills() {
    assertGradient(list());
  }

  private static Graph scan(Attributes attributes, String output) {
    Graph body =
        GraphGradients.graph(
            List.of("next", "shown"),
            b -> {
              b.input("state", ElementType.FLOAT64, Shape.of(2));
              b.input("slice", ElementType.FLOAT64, Shape.of(2));
              node(b, "Add", Attributes.none(), List.of("state", "slice"), "sum");
              node(b, "Tanh", Attributes.none(), List.of("sum"), "next");
              node(b, "Mul", Attributes.none(), List.of("next", "slice"), "shown");
            });
    return graph(
        g -> {
          String start = g.constant("start", Tensor.of(new double[] {0.5, -0.25}, 2)).name();
          boolean state = output.equals("state");
          node(
              g,
              "Scan",
              attributes.with("body", body).with("num_scan_inputs", 1),
              List.of(start, "x"),
              state ? "y" : "last_state",
              state ? "stacked" : "y");
        });
  }

  @Test
  void scans() {
    assertGradient(scan(Attributes.none(), "state"));
    assertGradient(scan(Attributes.none(), "stacks"));
    Attributes turned =
        Attributes.of(
            "scan_input_directions", new long[] {1}, "scan_output_directions", new long[] {1});
    assertGradient(scan(turned, "state"));
    assertGradient(scan(turned.with("scan_output_axes", new long[] {1}), "stacks"));
  }

  /** The condition depends on x; the branches read x from around them. */
  private static Graph choice(boolean alike, double threshold) {
    Graph then =
        GraphGradients.graph(
            List.of("bent"), b -> node(b, "Tanh", Attributes.none(), List.of("x"), "bent"));
    Graph otherwise =
        GraphGradients.graph(
            List.of("result"),
            b -> {
              node(b, "Mul", Attributes.none(), List.of("x", "x"), "product");
              if (alike) {
                node(b, "Identity", Attributes.none(), List.of("product"), "result");
              } else {
                node(b, "Concat", Attributes.of("axis", 0), List.of("x", "product"), "result");
              }
            });
    return graph(
        g -> {
          Value x = g.value("x");
          Value sum = g.reduceSum(x, false, 0, 1);
          Value condition = g.greater(sum, g.scalarLike(sum, threshold));
          node(
              g,
              "If",
              Attributes.of("then_branch", then, "else_branch", otherwise),
              List.of(condition.name()),
              "y");
        });
  }

  @Test
  void branchesChosenByTheInput() {
    assertGradient(choice(true, 1.0)); // the sum is 2.1
    assertGradient(choice(true, 3.0));
  }

  @Test
  void branchesOfDifferentShapesAreNamed() {
    assertThatThrownBy(() -> differentiate(choice(false, 1.0)))
        .isInstanceOf(MissingGradientRuleException.class)
        .hasMessageContaining("If (node \"y\")")
        .hasMessageContaining("equal, known shapes");
  }

  @Test
  void loopsThatTheInputEndsAreNamed() {
    Graph body =
        GraphGradients.graph(
            List.of("continued", "next"),
            b -> {
              b.input("iteration", ElementType.INT64, Shape.scalar());
              b.input("condition", ElementType.BOOL, Shape.scalar());
              Value state = b.input("state", ElementType.FLOAT64, Shape.of(3, 2));
              node(b, "Add", Attributes.none(), List.of("state", "x"), "next");
              Value sum = b.reduceSum(state, false, 0, 1);
              b.constant("limit", Tensor.of(new double[] {100}));
              node(b, "Less", Attributes.none(), List.of(sum.name(), "limit"), "continued");
            });
    Graph graph =
        graph(
            g -> {
              String trips = g.constant("trips", Tensor.scalar(5L)).name();
              node(g, "Loop", Attributes.of("body", body), List.of(trips, "", "x"), "y");
            });
    assertThatThrownBy(() -> differentiate(graph))
        .isInstanceOf(MissingGradientRuleException.class)
        .hasMessageContaining("number of iterations is known");
  }
}
