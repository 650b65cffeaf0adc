package dev.phosphene.graph;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerificationTest {
  private static final Value X = new Value("x", ElementType.FLOAT32, Shape.of(2, 3));

  private static Node node(String output, String operator, String... inputs) {
    return new Node(
        "node " + output,
        OperatorType.of(operator),
        List.of(inputs),
        List.of(output),
        Attributes.none(),
        Map.of());
  }

  private static Graph graph(List<Value> known, String output, Node... nodes) {
    return new Graph(List.of(X), List.of(output), List.of(nodes), Map.of(), known);
  }

  private static void assertFails(Graph graph, String message) {
    assertThatThrownBy(() -> Verification.verify(graph, StandardOperators.table()))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(message);
  }

  @Test
  void goodGraph() {
    Graph good = graph(List.of(), "b", node("a", "Relu", "x"), node("b", "Add", "a", "x"));
    assertThatCode(() -> Verification.verify(good, StandardOperators.table()))
        .doesNotThrowAnyException();
  }

  @Test
  void readBeforeGiven() {
    assertFails(
        graph(List.of(), "b", node("b", "Add", "a", "x"), node("a", "Relu", "x")),
        "Add (node \"node b\"): input \"a\" is given by nothing before it");
  }

  @Test
  void givenTwice() {
    assertFails(
        graph(List.of(), "a", node("a", "Relu", "x"), node("a", "Relu", "x")),
        "Relu (node \"node a\"): another value has the name \"a\" of its output; names must be"
            + " unique");
    Graph constant =
        new Graph(List.of(X), List.of("x"), List.of(), Map.of("x", Tensor.scalar(1f)), List.of());
    assertFails(constant, "A constant has the name \"x\" of another value; names must be unique");
  }

  @Test
  void outputThatNobodyGives() {
    assertFails(
        graph(List.of(), "q", node("a", "Relu", "x")),
        "Output \"q\" of the graph is given by no node");
  }

  @Test
  void typesAndShapesThatTheOperatorDoesNotGive() {
    Value wrongShape = new Value("a", ElementType.FLOAT32, Shape.of(2, 4));
    assertFails(
        graph(List.of(wrongShape), "a", node("a", "Relu", "x")),
        "Relu (node \"node a\"): output \"a\" should be float32[2, 3], found float32[2, 4]");
    Value wrongType = new Value("a", ElementType.INT64, Shape.of(2, 3));
    assertFails(
        graph(List.of(wrongType), "a", node("a", "Relu", "x")),
        "Relu (node \"node a\"): output \"a\" should be float32[2, 3], found int64[2, 3]");
  }

  @Test
  void bodies() {
    Graph body =
        new Graph(List.of(), List.of("r"), List.of(node("r", "Relu", "x")), Map.of(), List.of());
    Graph wrong =
        new Graph(List.of(), List.of("r"), List.of(node("r", "Relu", "z")), Map.of(), List.of());
    Node good =
        node("y", "If", "x")
            .withAttributes(Attributes.of("then_branch", body, "else_branch", body));
    Node bad =
        node("y", "If", "x")
            .withAttributes(Attributes.of("then_branch", body, "else_branch", wrong));
    assertThatCode(() -> Verification.verify(graph(List.of(), "y", good)))
        .doesNotThrowAnyException();
    assertFails(
        graph(List.of(), "y", bad),
        "If (node \"node y\"): in its body: Relu (node \"node r\"): input \"z\" is given by nothing"
            + " before it");
  }
}
