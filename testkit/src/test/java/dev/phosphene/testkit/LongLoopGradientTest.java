package dev.phosphene.testkit;

import static dev.phosphene.testkit.GraphGradients.assertGradient;
import static dev.phosphene.testkit.GraphGradients.graph;
import static dev.phosphene.testkit.GraphGradients.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients through loops of so many steps that they stay loops. */
class LongLoopGradientTest {
  private static final int STEPS = 36;
  private static final Attributes NONE = Attributes.none();

  /** Numbers between -1 and 1. */
  private static Tensor point(long... sizes) {
    Random random = new Random(5);
    double[] point = new double[(int) Shape.elements(sizes)];
    for (int i = 0; i < point.length; i++) {
      point[i] = Math.rint((2 * random.nextDouble() - 1) * 4096) / 4096;
    }
    return Tensor.of(point, sizes);
  }

  /** y is given by nodes; x has these sizes. */
  private static Graph network(Consumer<GraphBuilder> picture, long... sizes) {
    return graph(
        List.of("y"),
        builder -> {
          builder.input("x", ElementType.FLOAT64, Shape.of(sizes));
          picture.accept(builder);
        });
  }

  private static void assertLoops(Graph graph, int loops) {
    Graph special = GraphGradients.special(graph);
    assertThat(special.nodes().stream().filter(node -> node.is("Scan")).count()).isEqualTo(loops);
    assertThat(special.nodes().stream().filter(node -> node.is("Loop"))).isEmpty();
    assertThat(special.nodes()).hasSizeLessThan(60);
  }

  /** {@code state = tanh(0.9 state + slice) * slice}, and {@code state * slice} side by side. */
  private static Graph scanBody() {
    return graph(
        List.of("next", "shown"),
        b -> {
          Value state = b.input("state", ElementType.UNKNOWN, Shape.unknown());
          Value slice = b.input("slice", ElementType.UNKNOWN, Shape.unknown());
          b.constant("decay", Tensor.of(new double[] {0.9}));
          node(b, "Mul", NONE, List.of(state.name(), "decay"), "decayed");
          node(b, "Add", NONE, List.of("decayed", slice.name()), "sum");
          node(b, "Tanh", NONE, List.of("sum"), "next");
          node(b, "Mul", NONE, List.of("next", slice.name()), "shown");
        });
  }

  @ParameterizedTest
  @CsvSource({"0,0,0,0", "0,1,0,0", "0,0,0,1", "0,1,0,1", "1,0,0,0", "1,1,1,1", "-1,0,-1,1"})
  void scans(long axis, long direction, long outputAxis, long outputDirection) {
    long[] sizes = axis == 0 ? new long[] {STEPS, 2} : new long[] {2, STEPS};
    Attributes attributes =
        Attributes.of(
            "body", scanBody(),
            "num_scan_inputs", 1,
            "scan_input_axes", new long[] {axis},
            "scan_input_directions", new long[] {direction},
            "scan_output_axes", new long[] {outputAxis},
            "scan_output_directions", new long[] {outputDirection});
    for (boolean last : new boolean[] {true, false}) {
      Graph graph =
          network(
              g -> {
                g.constant("start", Tensor.of(new double[] {0.5, -0.25}, 2));
                String[] outputs = last ? new String[] {"y", "all"} : new String[] {"end", "y"};
                node(g, "Scan", attributes, List.of("start", "x"), outputs);
              },
              sizes);
      assertLoops(graph, 1);
      assertGradient(graph, point(sizes));
    }
  }

  /** Each iteration takes its row of x, by its number, and a value that the loop captures. */
  private static Graph rows(String condition) {
    Graph body =
        graph(
            List.of("continued", "next", "shown"),
            b -> {
              b.input("iteration", ElementType.INT64, Shape.scalar());
              b.input("condition", ElementType.BOOL, Shape.scalar());
              b.input("state", ElementType.FLOAT64, Shape.of(2));
              b.constant("last", Tensor.scalar(STEPS - 1L));
              node(b, "Sub", NONE, List.of("last", "iteration"), "backwards");
              node(b, "Gather", Attributes.of("axis", 1), List.of("x", "iteration"), "row");
              node(b, "Gather", Attributes.of("axis", 1), List.of("x", "backwards"), "other");
              node(b, "Mul", NONE, List.of("state", "captured"), "scaled");
              node(b, "Add", NONE, List.of("scaled", "row"), "sum");
              node(b, "Tanh", NONE, List.of("sum"), "next");
              node(b, "Mul", NONE, List.of("next", "other"), "shown");
              node(b, "Identity", NONE, List.of(condition), "continued");
            });
    return network(
        g -> {
          g.constant("trips", Tensor.scalar((long) STEPS));
          g.constant("always", Tensor.scalar(true));
          g.constant("start", Tensor.of(new double[] {0.5, -0.25}, 2));
          Value mean = g.reduceMean(g.value("x"), false, 1);
          node(g, "Sigmoid", NONE, List.of(mean.name()), "captured");
          List<String> inputs = List.of("trips", "always", "start");
          node(g, "Loop", Attributes.of("body", body), inputs, "end", "all");
          node(g, "Mul", NONE, List.of("all", "end"), "y");
        },
        2,
        STEPS);
  }

  @Test
  void loopsOverNumbers() {
    Graph graph = rows("condition");
    assertLoops(graph, 1);
    assertGradient(graph, point(2, STEPS));
  }

  @Test
  void loopsWhoseConditionIsSaidAgain() {
    Graph graph = rows("always");
    assertLoops(graph, 1);
    assertGradient(graph, point(2, STEPS));
  }

  /** A step chooses by its state, and goes over the elements of its slice: few, or many. */
  private static Graph nested(int few) {
    Graph inner =
        graph(
            List.of("inner_next", "inner_shown"),
            b -> {
              b.input("inner_state", ElementType.FLOAT64, Shape.scalar());
              b.input("element", ElementType.FLOAT64, Shape.scalar());
              node(b, "Mul", NONE, List.of("inner_state", "element"), "product");
              node(b, "Add", NONE, List.of("product", "state"), "inner_sum");
              node(b, "Tanh", NONE, List.of("inner_sum"), "inner_next");
              node(b, "Mul", NONE, List.of("inner_next", "element"), "inner_shown");
            });
    Graph then = graph(List.of("bent"), b -> node(b, "Tanh", NONE, List.of("inner_end"), "bent"));
    Graph otherwise =
        graph(
            List.of("square"), b -> node(b, "Mul", NONE, List.of("inner_end", "state"), "square"));
    Graph body =
        graph(
            List.of("next", "shown"),
            b -> {
              b.input("state", ElementType.FLOAT64, Shape.scalar());
              b.input("slice", ElementType.FLOAT64, Shape.of(few));
              b.constant("limit", Tensor.of(new double[] {0.1}));
              Attributes loop = Attributes.of("body", inner, "num_scan_inputs", 1);
              node(b, "Scan", loop, List.of("state", "slice"), "inner_end", "inner_all");
              node(b, "Less", NONE, List.of("state", "limit"), "condition");
              Attributes branches = Attributes.of("then_branch", then, "else_branch", otherwise);
              node(b, "If", branches, List.of("condition"), "next");
              node(b, "Mul", NONE, List.of("inner_all", "next"), "shown");
            });
    return network(
        g -> {
          g.constant("start", Tensor.of(new double[] {0.5}));
          Attributes loop = Attributes.of("body", body, "num_scan_inputs", 1);
          node(g, "Scan", loop, List.of("start", "x"), "end", "all");
          node(g, "Add", NONE, List.of("end", "all"), "y");
        },
        STEPS,
        few);
  }

  @Test
  void choicesAndShortLoopsWithin() {
    assertLoops(nested(2), 1);
    assertGradient(nested(2), point(STEPS, 2));
  }

  @Test
  void longLoopsWithin() {
    Graph special = GraphGradients.special(nested(STEPS));
    Graph body =
        special.nodes().stream()
            .filter(node -> node.is("Scan"))
            .findFirst()
            .flatMap(node -> node.attributes().graph("body"))
            .orElseThrow();
    assertThat(body.nodes().stream().filter(node -> node.is("Scan"))).hasSize(1);
    assertGradient(nested(STEPS), point(STEPS, STEPS));
  }

  /** Rectifiers in the steps, as a loop or as nodes one after the other. */
  private static Graph rectified(boolean asLoop) {
    return network(
        g -> {
          g.constant("start", Tensor.of(new double[] {0.5, 0.25}, 2));
          g.constant("decay", Tensor.of(new double[] {-0.7}));
          if (asLoop) {
            Graph body =
                graph(
                    List.of("next"),
                    b -> {
                      b.input("state", ElementType.FLOAT64, Shape.of(2));
                      b.input("slice", ElementType.FLOAT64, Shape.of(2));
                      step(b, "state", "slice", "next");
                    });
            Attributes loop = Attributes.of("body", body, "num_scan_inputs", 1);
            node(g, "Scan", loop, List.of("start", "x"), "y");
            return;
          }
          String state = "start";
          for (int i = 0; i < STEPS; i++) {
            Value row = g.squeeze(g.slice(g.value("x"), 0, i, i + 1), 0);
            String next = i == STEPS - 1 ? "y" : "state" + i;
            step(g, state, row.name(), next);
            state = next;
          }
        },
        STEPS,
        2);
  }

  /** {@code next = slice - 0.7 relu(state + slice)}. */
  private static void step(GraphBuilder b, String state, String slice, String next) {
    Value rectified = b.apply("Relu", b.add(b.value(state), b.value(slice)));
    Value scaled = b.multiply(rectified, b.value("decay"));
    node(b, "Add", NONE, List.of(scaled.name(), slice), next);
  }

  @ParameterizedTest
  @EnumSource
  void modifiersReachTheSteps(BackpropModifier.Named modifier) {
    Tensor x = point(STEPS, 2);
    assertLoops(rectified(true), 1);
    double[] loop =
        GraphGradients.gradient(
            GraphGradients.special(rectified(true)), x, modifier.modify(StandardRules.rules()));
    double[] steps =
        GraphGradients.gradient(rectified(false), x, modifier.modify(StandardRules.rules()));
    assertThat(loop).usingComparatorWithPrecision(1e-12).containsExactly(steps);
    assertThat(loop).usingComparatorWithPrecision(1e-12).isNotEqualTo(new double[loop.length]);
  }
}
