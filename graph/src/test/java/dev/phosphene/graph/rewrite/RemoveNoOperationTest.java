package dev.phosphene.graph.rewrite;

import static dev.phosphene.graph.rewrite.RewriteAssert.assertThat;
import static dev.phosphene.graph.rewrite.RewriteAssert.node;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import org.junit.jupiter.api.Test;

class RemoveNoOperationTest {
  private static Value input(GraphBuilder builder) {
    return builder.input("x", ElementType.FLOAT32, Shape.of(1, 3, 4));
  }

  @Test
  void removesEachKind() {
    assertThat(new RemoveNoOperation())
        .on(
            g -> {
              Value a = node(g, "a", "Identity", input(g));
              Value b = node(g, "b", "Dropout", a, g.constant("ratio", Tensor.scalar(0.5f)));
              Value c = node(g, "c", "Cast", Attributes.of("to", 1), b);
              Value d = node(g, "d", "Reshape", c, g.integers(1, 3, 4));
              Value e = node(g, "e", "Transpose", Attributes.of("perm", new int[] {0, 1, 2}), d);
              Value f = node(g, "f", "Pad", e, g.integers(0, 0, 0, 0, 0, 0));
              Value h = node(g, "h", "Concat", Attributes.of("axis", 1), f);
              Value i = node(g, "i", "Expand", h, g.integers(1, 3, 1));
              node(g, "y", "Relu", i);
            })
        .becomes("y = Relu(x)");
  }

  @Test
  void leavesWhatDoesSomething() {
    assertThat(new RemoveNoOperation())
        .on(
            g -> {
              Value a = node(g, "a", "Cast", Attributes.of("to", 11), input(g));
              Value b = node(g, "b", "Reshape", a, g.integers(1, 4, 3));
              Value c = node(g, "c", "Transpose", b);
              Value d = node(g, "d", "Pad", c, g.integers(0, 0, 0, 0, 0, 1));
              node(g, "y", "Concat", Attributes.of("axis", 1), d, d);
            })
        .staysAsItIs();
  }

  @Test
  void leavesDropoutThatTrains() {
    assertThat(new RemoveNoOperation())
        .on(
            g -> {
              Value ratio = g.constant("ratio", Tensor.scalar(0.5f));
              Value training = g.constant("training", Tensor.scalar(true));
              Value a = node(g, "a", "Dropout", input(g), ratio, training);
              node(g, "y", "Relu", a);
            })
        .staysAsItIs();
  }

  @Test
  void leavesWhatWasAskedFor() {
    assertThat(new RemoveNoOperation())
        .on(
            g -> {
              Value a = node(g, "a", "Identity", input(g));
              Value b = node(g, "b", "Identity", a);
              Value c = node(g, "c", "Identity", b);
              node(g, "y", "Relu", c);
            })
        .asking("b")
        .becomes(
            """
            b = Identity(x)
            y = Relu(b)
            """);
  }
}
