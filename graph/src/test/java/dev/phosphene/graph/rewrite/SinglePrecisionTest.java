package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.Verification;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SinglePrecisionTest {
  private final GraphBuilder builder = new GraphBuilder(StandardOperators.table());

  private Value zeros(String name, ElementType type, long... sizes) {
    return builder.constant(
        name, Tensor.converted(type, new double[(int) Shape.of(sizes).elements()], sizes));
  }

  private Graph single() {
    Graph graph = SinglePrecision.of(builder.build(List.of("y")));
    Verification.verify(graph, StandardOperators.table());
    return graph;
  }

  private static List<String> picture(Graph graph) {
    return graph.nodes().stream().map(Node::toString).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16", "FLOAT64"})
  void inputsConstantsAndTypesOfCastsAreFloat32(ElementType type) {
    Value x = builder.input("x", type, Shape.of(1, 2, 4, 4));
    Value convolved = node(builder, "c", "Conv", x, zeros("w", type, 3, 2, 1, 1));
    Value cast = builder.cast(convolved, type == ElementType.FLOAT64 ? ElementType.FLOAT32 : type);
    node(builder, "y", "Relu", cast);
    Graph graph = single();
    assertThat(graph.values()).extracting(Value::type).containsOnly(ElementType.FLOAT32);
    assertThat(graph.constants().get("w").type()).isEqualTo(ElementType.FLOAT32);
  }

  @Test
  void largeWeightsStayAsTheyAreStored() {
    Value x = builder.input("x", ElementType.FLOAT16, Shape.of(1, 1));
    node(builder, "y", "MatMul", x, zeros("w", ElementType.FLOAT16, 1, 1 << 17));
    Graph graph = single();
    assertThat(picture(graph)).containsExactly("w = Cast(w/float16) {to=1}", "y = MatMul(x, w)");
    assertThat(graph.constants().get("w/float16").type()).isEqualTo(ElementType.FLOAT16);
    assertThat(graph.value("y").type()).isEqualTo(ElementType.FLOAT32);
  }

  @Test
  void doublePrecisionStaysWhereTheRuntimeHasItOrSizesNeedIt() {
    Value x = builder.input("x", ElementType.FLOAT64, Shape.of(1, 2));
    node(builder, "y", "MatMul", x, zeros("w", ElementType.FLOAT64, 2, 3));
    Graph graph = builder.build(List.of("y"));
    assertThat(SinglePrecision.of(graph)).isSameAs(graph);

    GraphBuilder sizes = new GraphBuilder(StandardOperators.table());
    Value picture = sizes.input("x", ElementType.FLOAT32, Shape.of(1, 2, 4, 4));
    Value shape = node(sizes, "s", "Shape", Attributes.none(), picture);
    sizes.cast(shape, ElementType.FLOAT64);
    node(sizes, "y", "GlobalAveragePool", picture);
    Graph mixed = sizes.build(List.of("y"));
    assertThat(SinglePrecision.of(mixed)).isSameAs(mixed);
  }
}
