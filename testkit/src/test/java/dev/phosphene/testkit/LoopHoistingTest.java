package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Loops without states, whose steps are computed all at once, against what ONNX Runtime computes of
 * them as they were.
 */
class LoopHoistingTest {
  private static final int STEPS = 20;

  /** A step of slices {@code [2, 3]} and {@code [3]} and a value {@code [3, 2]} around the loop. */
  private interface Step {
    Value of(GraphBuilder b, Value slice, Value row, Value fixed);
  }

  private static Map<String, Step> steps() {
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("elements", (b, x, row, m) -> b.apply("Tanh", b.negate(x)));
    steps.put("Clip", (b, x, row, m) -> b.apply("Clip", x, Value.ABSENT, b.scalarLike(x, 0.2)));
    steps.put("broadcast slice", (b, x, row, m) -> b.multiply(x, row));
    steps.put("broadcast value", (b, x, row, m) -> b.add(row, b.transpose(m, 1, 0)));
    steps.put("Where", (b, x, row, m) -> b.where(b.greater(x, row), x, b.scalarLike(x, 0)));
    steps.put("MatMul with a value", (b, x, row, m) -> b.matrixMultiply(x, m));
    steps.put("MatMul of a value", (b, x, row, m) -> b.matrixMultiply(m, x));
    steps.put("MatMul of slices", (b, x, row, m) -> b.matrixMultiply(x, b.transpose(x, 1, 0)));
    steps.put(
        "MatMul of more matrices",
        (b, x, row, m) -> b.matrixMultiply(b.unsqueeze(x, 0), b.expand(m, 4, 3, 2)));
    steps.put("Concat", (b, x, row, m) -> b.concatenate(-1, List.of(x, b.transpose(m, 1, 0), x)));
    steps.put("Reshape", (b, x, row, m) -> b.reshape(x, 3, -1));
    steps.put("Squeeze", (b, x, row, m) -> b.squeeze(b.unsqueeze(x, 0, 2), 2));
    steps.put("Slice", (b, x, row, m) -> b.slice(x, 1, -2, 3));
    steps.put("reversed", (b, x, row, m) -> b.reverse(x, 0, 1));
    steps.put("ReduceSum", (b, x, row, m) -> b.reduceSum(x, false, -1));
    steps.put("ReduceMean", (b, x, row, m) -> b.reduceMean(x, true, 0, 1));
    steps.put("Expand", (b, x, row, m) -> b.expand(row, 4, 2, 3));
    steps.put("Transpose", (b, x, row, m) -> b.apply("Transpose", b.unsqueeze(x, 0)));
    steps.put("Softmax", (b, x, row, m) -> b.apply("Softmax", Attributes.of("axis", 0), x));
    steps.put("Softmax of the last axis", (b, x, row, m) -> b.apply("Softmax", x));
    steps.put(
        "Gather of slices",
        (b, x, row, m) -> b.apply("Gather", Attributes.of("axis", -1), x, b.integers(2, 0)));
    steps.put(
        "Gather of a value",
        (b, x, row, m) -> {
          Value index = b.cast(b.absolute(b.apply("Sign", row)), ElementType.INT64);
          return b.apply("Gather", Attributes.of("axis", 1), m, index);
        });
    steps.put(
        "Split",
        (b, x, row, m) -> {
          List<Value> parts =
              b.apply(
                  OperatorType.of("Split"),
                  2,
                  Attributes.of("axis", -1),
                  List.of(x, b.integers(1, 2)));
          return b.add(parts.get(0), parts.get(1));
        });
    return steps;
  }

  @TestFactory
  List<DynamicTest> stepsAtOnce() {
    return steps().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue())))
        .toList();
  }

  private static void check(Step step) {
    for (int direction = 0; direction < 2; direction++) {
      Graph graph = loop(step, direction);
      Graph special = GraphGradients.special(graph);
      assertThat(special.nodes()).noneMatch(node -> node.is("Scan"));
      assertThat(run(special)).usingComparatorWithPrecision(1e-12).containsExactly(run(graph));
    }
  }

  private static Graph loop(Step step, int direction) {
    Graph body =
        GraphGradients.graph(
            List.of("result"),
            b -> {
              Value slice = b.input("slice", ElementType.FLOAT64, Shape.of(2, 3));
              Value row = b.input("row", ElementType.FLOAT64, Shape.of(3));
              Value fixed = new Value("fixed", ElementType.FLOAT64, Shape.of(3, 2));
              Value result = step.of(b, slice, row, fixed);
              GraphGradients.node(
                  b, "Identity", Attributes.none(), List.of(result.name()), "result");
            });
    Attributes attributes =
        Attributes.of(
            "body",
            body,
            "num_scan_inputs",
            2,
            "scan_input_directions",
            new long[] {direction, direction},
            "scan_output_directions",
            new long[] {direction});
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    builder.input("x", ElementType.FLOAT64, Shape.of(STEPS, 2, 3));
    builder.input("rows", ElementType.FLOAT64, Shape.of(STEPS, 3));
    builder.input("fixed", ElementType.FLOAT64, Shape.of(3, 2));
    GraphGradients.node(builder, "Scan", attributes, List.of("x", "rows"), "y");
    return builder.build(List.of("y"));
  }

  private static double[] run(Graph graph) {
    Map<String, Tensor> all =
        Map.of("x", random(STEPS, 2, 3), "rows", random(STEPS, 3), "fixed", random(3, 2));
    try (Session session = Session.compile(graph, SessionSettings.SMALL)) {
      Map<String, Tensor> given = new LinkedHashMap<>();
      session.inputs().forEach(input -> given.put(input.name(), all.get(input.name())));
      return session.run(given).get("y").toDoubles();
    }
  }

  private static Tensor random(long... sizes) {
    double[] elements = new Random(3).doubles(Shape.elements(sizes), -1, 1).toArray();
    return Tensor.of(elements, sizes);
  }
}
