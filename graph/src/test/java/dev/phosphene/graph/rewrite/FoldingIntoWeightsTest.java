package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;
import static dev.phosphene.graph.rewrite.RewriteAssert.node;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** {@link FoldBatchNormalization} and {@link FoldChannelArithmetic}. */
class FoldingIntoWeightsTest {
  private static Value convolution(GraphBuilder g, String output) {
    Value x = g.input("x", ElementType.FLOAT32, Shape.of(1, 3, 6, 6));
    Value w = g.constant("w", Tensor.of(new float[2 * 3 * 9], 2, 3, 3, 3));
    Value b = g.constant("b", Tensor.of(new float[] {1, 10}, 2));
    return node(g, output, "Conv", Attributes.of("strides", new int[] {2, 2}), x, w, b);
  }

  private static void normalize(GraphBuilder g, String output, Value input) {
    node(
        g,
        output,
        "BatchNormalization",
        Attributes.of("epsilon", 0.0),
        input,
        g.constant("scale", Tensor.of(new float[] {2, 4}, 2)),
        g.constant("bias", Tensor.of(new float[] {7, 8}, 2)),
        g.constant("mean", Tensor.of(new float[] {3, 5}, 2)),
        g.constant("variance", Tensor.of(new float[] {4, 16}, 2)));
  }

  @Test
  void batchNormalization() {
    Graph after =
        assertThat(new FoldBatchNormalization())
            .on(
                g -> {
                  normalize(g, "n", convolution(g, "c"));
                  node(g, "y", "Relu", g.value("n"));
                })
            .becomes(
                """
                n = Conv(x, w, constant_1) {strides=[2, 2]}
                y = Relu(n)
                """);
    // A scale of 2 / sqrt(4) = 1 leaves the weight alone; (1 - 3) + 7 = 5 and (10 - 5) + 8 = 13.
    Assertions.assertThat(after.constants().get("constant_1").toFloats()).containsExactly(5, 13);
    Assertions.assertThat(after.nodes().get(0).name()).isEqualTo("c");
  }

  @Test
  void keepsWhatWasAskedFor() {
    assertThat(new FoldBatchNormalization())
        .on(g -> normalize(g, "y", convolution(g, "c")))
        .asking("c")
        .staysAsItIs();
    assertThat(new FoldBatchNormalization())
        .on(
            g -> {
              Value c = convolution(g, "c");
              normalize(g, "n", c);
              node(g, "y", "Add", c, g.value("n"));
            })
        .staysAsItIs();
  }

  @Test
  void channelArithmetic() {
    Graph after =
        assertThat(new FoldChannelArithmetic())
            .on(
                g -> {
                  Value mean = g.constant("mean", Tensor.of(new float[] {1, 2}, 1, 2, 1, 1));
                  Value factor = g.constant("factor", Tensor.of(new float[] {3, 4}, 2, 1, 1));
                  Value a = node(g, "a", "Sub", convolution(g, "c"), mean);
                  Value b = node(g, "b2", "Mul", factor, a);
                  node(g, "y", "Add", b, g.constant("one", Tensor.scalar(1f)));
                })
            .becomes(
                """
                b2/Mul_1 = Mul(w, constant_2)
                y = Conv(x, b2/Mul_1, constant_4) {strides=[2, 2]}
                """);
    Assertions.assertThat(after.constants().get("constant_4").toFloats())
        .containsExactly(1, 33); // ((1 - 1) * 3 + 1) and ((10 - 2) * 4 + 1)
    Assertions.assertThat(after.constants().get("constant_2").toFloats()).containsExactly(3, 4);
  }

  @Test
  void leavesArithmeticAlongOtherAxes() {
    assertThat(new FoldChannelArithmetic())
        .on(
            g -> {
              Value columns = g.constant("columns", Tensor.of(new float[2], 2));
              node(g, "y", "Add", convolution(g, "c"), columns);
            })
        .staysAsItIs();
    assertThat(new FoldChannelArithmetic())
        .on(
            g -> {
              Value two = g.constant("two", Tensor.scalar(2f));
              node(g, "y", "Div", two, convolution(g, "c"));
            })
        .staysAsItIs();
  }

  @Test
  void intoMatrixProducts() {
    assertThat(new FoldBatchNormalization(), new FoldChannelArithmetic())
        .on(
            g -> {
              Value x = g.input("x", ElementType.FLOAT32, Shape.of(5, 3));
              Value w = g.constant("w", Tensor.of(new float[6], 3, 2));
              normalize(g, "n", node(g, "p", "MatMul", x, w));
              Value v = g.constant("v", Tensor.of(new float[4], 2, 2));
              Attributes gemm = Attributes.of("transB", 1, "alpha", 0.5, "beta", 3.0);
              Value q = node(g, "q", "Gemm", gemm, g.value("n"), v);
              node(g, "y", "Mul", q, g.constant("two", Tensor.of(new float[] {2, 2}, 2)));
            })
        .becomes(
            """
            n = Gemm(x, w, constant_1)
            y/Mul_1 = Mul(v, constant_2)
            y = Gemm(n, y/Mul_1, constant_3) {transB=1, alpha=0.5}
            """);
  }

  @Test
  void eachCanBeSwitchedOff() {
    assertThat(Simplification.STANDARD.without(FoldBatchNormalization.class))
        .on(g -> normalize(g, "y", convolution(g, "c")))
        .staysAsItIs();
  }
}
