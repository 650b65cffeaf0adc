package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;
import static dev.phosphene.graph.rewrite.RewriteAssert.node;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** {@link MergeTransposes} and {@link SinkTranspose}, alone and together. */
class TransposesTest {
  private static Value image(GraphBuilder builder) {
    return builder.input("x", ElementType.FLOAT32, Shape.of(2, 3, 4, 5));
  }

  private static Value last(GraphBuilder g, String output, Value input) {
    return node(g, output, "Transpose", Attributes.of("perm", new int[] {0, 2, 3, 1}), input);
  }

  private static Value first(GraphBuilder g, String output, Value input) {
    return node(g, output, "Transpose", Attributes.of("perm", new int[] {0, 3, 1, 2}), input);
  }

  @Test
  void cancel() {
    assertThat(new MergeTransposes())
        .on(g -> node(g, "y", "Relu", first(g, "b", last(g, "a", image(g)))))
        .becomes("y = Relu(x)");
  }

  @Test
  void merge() {
    assertThat(new MergeTransposes())
        .on(g -> last(g, "y", last(g, "a", image(g))))
        .becomes("y = Transpose(x) {perm=[0, 3, 1, 2]}");
  }

  /** What was asked for stays; the one behind it no longer needs it. */
  @Test
  void mergeAroundAskedValue() {
    assertThat(new MergeTransposes())
        .on(g -> node(g, "y", "Relu", first(g, "b", last(g, "a", image(g)))))
        .asking("a", "b")
        .becomes(
            """
            a = Transpose(x) {perm=[0, 2, 3, 1]}
            b = Transpose(x) {perm=[0, 1, 2, 3]}
            y = Relu(b)
            """);
  }

  @Test
  void sinkThroughElementwise() {
    assertThat(new SinkTranspose())
        .on(
            g -> {
              Value a = last(g, "a", image(g));
              Value b = node(g, "b", "Add", a, g.constant("c", Tensor.of(new float[3], 3)));
              Value c = node(g, "c1", "Mul", g.constant("s", Tensor.scalar(2f)), b);
              node(g, "y", "Clip", c, g.constant("low", Tensor.scalar(0f)));
            })
        .becomes(
            """
            b/Add_1 = Add(x, constant_1)
            c1/Mul_1 = Mul(constant_2, b/Add_1)
            y/Clip_1 = Clip(c1/Mul_1, low)
            y = Transpose(y/Clip_1) {perm=[0, 2, 3, 1]}
            """);
  }

  @Test
  void sinkThroughActivationsOfTheRuntime() {
    OperatorType swish = new OperatorType("com.microsoft", "QuickGelu");
    assertThat(new SinkTranspose())
        .on(
            g -> {
              Value a = last(g, "a", image(g));
              g.add(
                  new Node(
                      "y", swish, List.of(a.name()), List.of("y"), Attributes.none(), Map.of()));
            })
        .becomes(
            """
            y/QuickGelu_1 = com.microsoft.QuickGelu(x)
            y = Transpose(y/QuickGelu_1) {perm=[0, 2, 3, 1]}
            """);
  }

  @Test
  void constantsFollowTheOrder() {
    var after =
        assertThat(new SinkTranspose())
            .on(
                g -> {
                  Value a = last(g, "a", image(g));
                  node(g, "y", "Add", a, g.constant("c", Tensor.of(new float[4], 4, 1, 1)));
                })
            .becomes(
                """
                y/Add_1 = Add(x, constant_1)
                y = Transpose(y/Add_1) {perm=[0, 2, 3, 1]}
                """);
    Assertions.assertThat(after.value("constant_1").shape()).isEqualTo(Shape.of(1, 1, 4, 1));
  }

  @Test
  void sinkThroughBranches() {
    assertThat(Simplification.STANDARD)
        .on(
            g -> {
              Value x = image(g);
              Value a = last(g, "a", x);
              Value b = node(g, "b", "Relu", a);
              Value c = node(g, "c", "Add", a, b);
              Value d = node(g, "d", "Concat", Attributes.of("axis", -1), c, a);
              node(g, "y", "Relu", first(g, "e", d));
            })
        .becomes(
            """
            b/Relu_1 = Relu(x)
            c/Add_1 = Add(x, b/Relu_1)
            d/Concat_1 = Concat(c/Add_1, x) {axis=1}
            y = Relu(d/Concat_1)
            """);
  }

  @Test
  void sinkThroughPad() {
    var after =
        assertThat(new SinkTranspose())
            .on(
                g ->
                    node(g, "y", "Pad", last(g, "a", image(g)), g.integers(0, 1, 2, 0, 0, 3, 4, 0)))
            .becomes(
                """
                y/Pad_1 = Pad(x, constant_2)
                y = Transpose(y/Pad_1) {perm=[0, 2, 3, 1]}
                """);
    Assertions.assertThat(after.constants().get("constant_2").toLongs())
        .containsExactly(0, 0, 1, 2, 0, 0, 3, 4);
  }

  @Test
  void sinkThroughReduction() {
    assertThat(new SinkTranspose())
        .on(
            g ->
                node(
                    g,
                    "y",
                    "ReduceMean",
                    Attributes.of("keepdims", 0),
                    last(g, "a", image(g)),
                    g.integers(1, 2)))
        .becomes("y = ReduceMean(x, constant_2) {keepdims=0}");
    assertThat(new SinkTranspose())
        .on(g -> node(g, "y", "ReduceMax", last(g, "a", image(g)), g.integers(-1)))
        .becomes(
            """
            y/ReduceMax_1 = ReduceMax(x, constant_2)
            y = Transpose(y/ReduceMax_1) {perm=[0, 2, 3, 1]}
            """);
  }

  @Test
  void doesNotSinkThroughOtherOrders() {
    assertThat(new SinkTranspose())
        .on(
            g -> {
              Value x = g.input("x", ElementType.FLOAT32, Shape.of(2, 2, 2, 2));
              node(g, "y", "Add", last(g, "a", x), first(g, "b", x));
            })
        .staysAsItIs();
    assertThat(new SinkTranspose())
        .on(
            g -> {
              Value a = last(g, "a", image(g));
              node(g, "y", "Mul", a, g.constant("c", Tensor.of(new float[15], 5, 3)));
            })
        .staysAsItIs();
    assertThat(new SinkTranspose())
        .on(g -> node(g, "y", "Softmax", Attributes.of("axis", -1), last(g, "a", image(g))))
        .staysAsItIs();
  }

  @Test
  void reshapesMerge() {
    assertThat(new MergeReshapes())
        .on(
            g -> {
              Value a = node(g, "a", "Flatten", image(g));
              Value b = node(g, "b", "Unsqueeze", a, g.integers(0));
              node(g, "y", "Reshape", b, g.integers(-1, 12));
            })
        .becomes("y = Reshape(x, constant_4)");
  }
}
