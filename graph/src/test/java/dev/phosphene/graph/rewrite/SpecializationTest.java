package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecializationTest {
  private final GraphBuilder builder = new GraphBuilder(StandardOperators.table());

  private static Shape batchOf(long... sizes) {
    return Shape.of(sizes).with(0, Dimension.symbolic("N"));
  }

  private Graph specialize(Map<String, Shape> shapes) {
    Graph graph = Specialization.of(builder.build(List.of("y")), shapes, StandardOperators.table());
    Verification.verify(graph, StandardOperators.table());
    return graph;
  }

  private static List<String> picture(Graph graph) {
    return graph.nodes().stream().map(Node::toString).toList();
  }

  /** What PyTorch writes for {@code x.view(x.size(0), -1)}. */
  @Test
  void shapeArithmeticIsComputed() {
    Value x = builder.input("x", ElementType.FLOAT32, batchOf(-1, 3, 4));
    Value shape = node(builder, "shape", "Shape", x);
    Value zero = builder.constant("zero", Tensor.scalar(0L));
    Value batch = node(builder, "batch", "Gather", Attributes.of("axis", 0), shape, zero);
    Value row = node(builder, "row", "Unsqueeze", batch, builder.integers(0));
    Value rest = builder.constant("rest", Tensor.vector(-1));
    Value target = node(builder, "target", "Concat", Attributes.of("axis", 0), row, rest);
    node(builder, "y", "Reshape", x, target);
    Graph graph = specialize(Map.of("x", Shape.of(2, 3, 4)));
    assertThat(picture(graph)).containsExactly("y = Reshape(x, target)");
    assertThat(graph.constants().get("target").toLongs()).containsExactly(2, -1);
    assertThat(graph.value("y").shape()).isEqualTo(Shape.of(2, 12));
    assertThat(graph.constants()).containsOnlyKeys("target");
  }

  @Test
  void knownAxesOfUnknownShapes() {
    Value x = builder.input("x", ElementType.FLOAT32, batchOf(-1, 3, 4));
    node(builder, "y", "Shape", Attributes.of("start", 1, "end", -1), x);
    Graph graph = specialize(Map.of());
    assertThat(graph.nodes()).isEmpty();
    assertThat(graph.constants().get("y").toLongs()).containsExactly(3);
    assertThat(graph.inputs()).hasSize(1);
  }

  @Test
  void largeResultsAreLeftToRunTime() {
    builder.input("x", ElementType.FLOAT32, Shape.of(1));
    node(builder, "y", "ConstantOfShape", builder.integers(1 << 20, 1 << 20));
    assertThat(picture(specialize(Map.of()))).hasSize(1);
  }

  @Test
  void branchNeverTakenGoes() {
    Value x = builder.input("x", ElementType.FLOAT32, batchOf(-1, 3));
    Value rank = node(builder, "rank", "Size", node(builder, "shape", "Shape", x));
    Value isMatrix =
        node(builder, "matrix", "Equal", rank, builder.constant("two", Tensor.scalar(2L)));
    node(
        builder,
        "y",
        "If",
        Attributes.of("then_branch", branch("Relu"), "else_branch", branch("Neg")),
        isMatrix);
    Graph graph = specialize(Map.of("x", Shape.of(5, 3)));
    assertThat(picture(graph)).containsExactly("inner_1 = Relu(x)", "y = Relu(inner_1)");
    assertThat(graph.value("y").shape()).isEqualTo(Shape.of(5, 3));
  }

  /** A body that reads x of the graph around it, and whose outer namesake is another value. */
  private static Graph branch(String operator) {
    GraphBuilder body = new GraphBuilder(StandardOperators.table());
    Value outer = new Value("x", ElementType.UNKNOWN, Shape.unknown());
    Value inner = node(body, "inner", operator, outer);
    node(body, "result", operator, inner);
    return body.build(List.of("result"));
  }

  @Test
  void branchThatGivesAConstantOrAnOuterValue() {
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(2));
    GraphBuilder body = new GraphBuilder(StandardOperators.table());
    body.constant("k", Tensor.of(new float[] {1, 2}, 2));
    Graph branch = body.build(List.of("k", "x"));
    Value condition = builder.constant("condition", Tensor.scalar(true));
    List<Value> outputs =
        builder.add(
            new Node(
                "if",
                OperatorType.of("If"),
                List.of(condition.name()),
                List.of("a", "b"),
                Attributes.of("then_branch", branch, "else_branch", branch),
                Map.of()));
    node(builder, "y", "Add", outputs.get(0), outputs.get(1));
    Graph graph = specialize(Map.of());
    assertThat(graph.nodes()).last().hasToString("y = Add(a, b)");
    assertThat(graph.value("y").shape()).isEqualTo(x.shape());
  }

  @Test
  void declaredShapesOfUnknownOperators() {
    Value x = builder.input("x", ElementType.FLOAT32, batchOf(-1, 3));
    builder.add(
        new Node(
            "n",
            new OperatorType("my.domain", "Mystery"),
            List.of(x.name()),
            List.of("y"),
            Attributes.none(),
            Map.of()),
        List.of(new Value("y", ElementType.FLOAT32, batchOf(-1, 7))));
    assertThat(specialize(Map.of("x", Shape.of(4, 3))).value("y").shape())
        .isEqualTo(Shape.of(4, 7));
    assertThat(specialize(Map.of("x", Shape.of(4, 5))).value("y").shape())
        .isEqualTo(Shape.of(-1, -1));
  }

  @Test
  void contradictions() {
    Value x = builder.input("x", ElementType.FLOAT32, batchOf(-1, 3));
    Value z = builder.input("z", ElementType.FLOAT32, batchOf(-1, 3));
    node(builder, "y", "Add", x, z);
    assertFails(Map.of("q", Shape.of(1)), "There is no input \"q\"");
    assertFails(Map.of("x", Shape.of(1)), "Input \"x\" should have 2 axes as [N, 3], found [1]");
    assertFails(
        Map.of("x", Shape.of(2, 3), "z", Shape.of(4, 3)),
        "Input \"z\" should be [N, 3] with N = 2, found [4, 3]");
    assertFails(Map.of("x", Shape.of(2, 5), "z", Shape.of(2, 4)), "Add (node \"y\")");
  }

  private void assertFails(Map<String, Shape> shapes, String message) {
    assertThatThrownBy(() -> specialize(shapes))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(message);
  }
}
