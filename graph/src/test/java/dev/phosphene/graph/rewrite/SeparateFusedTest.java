package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeparateFusedTest {
  private static void fused(
      GraphBuilder builder, String operator, Attributes attributes, Value... inputs) {
    builder.add(
        new Node(
            "y",
            new OperatorType("com.microsoft", operator),
            Arrays.stream(inputs).map(Value::name).toList(),
            List.of("y"),
            attributes,
            Map.of()));
  }

  @Test
  void convolutionWithSumAndActivation() {
    assertThat(new SeparateFused(), new RemoveNoOperation())
        .on(
            g ->
                fused(
                    g,
                    "FusedConv",
                    Attributes.of("activation", "Relu", "group", 1),
                    g.input("x", ElementType.FLOAT32, Shape.of(1, 2, 5, 5)),
                    g.input("w", ElementType.FLOAT32, Shape.of(3, 2, 3, 3)),
                    g.input("b", ElementType.FLOAT32, Shape.of(3)),
                    g.input("z", ElementType.FLOAT32, Shape.of(1, 3, 3, 3))))
        .becomes(
            """
            y/Conv_1 = Conv(x, w, b) {group=1}
            y/Add_1 = Add(y/Conv_1, z)
            y/Relu_1 = Relu(y/Add_1)
            y = Identity(y/Relu_1)
            """);
  }

  @Test
  void matricesTransposedAndScaled() {
    assertThat(new SeparateFused())
        .on(
            g ->
                fused(
                    g,
                    "FusedMatMul",
                    Attributes.of("transB", 1, "alpha", 0.5),
                    g.input("a", ElementType.FLOAT32, Shape.of(2, 3)),
                    g.input("b", ElementType.FLOAT32, Shape.of(4, 3))))
        .becomes(
            """
            y/Transpose_1 = Transpose(b) {perm=[1, 0]}
            y/MatMul_1 = MatMul(a, y/Transpose_1)
            y/Mul_1 = Mul(y/MatMul_1, constant_1)
            y = Identity(y/Mul_1)
            """);
  }

  @Test
  void leavesWhatHasNoShapeYet() {
    assertThat(new SeparateFused())
        .on(
            g ->
                fused(
                    g,
                    "FusedMatMul",
                    Attributes.none(),
                    g.input(
                        "a",
                        ElementType.FLOAT32,
                        Shape.of(List.of(Dimension.symbolic("N"), Dimension.of(3)))),
                    g.input("b", ElementType.FLOAT32, Shape.of(3, 4))))
        .staysAsItIs();
  }
}
