package dev.phosphene.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTest {
  /** y = x * x + c over three elements, with unknown length where asked. */
  private static Session compile(long size) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.FLOAT32, Shape.of(size));
    Value c = builder.input("c", ElementType.FLOAT32, Shape.scalar());
    Value y = builder.add(builder.multiply(x, x), c);
    return Session.compile(builder.build(List.of(y.name())), SessionSettings.SMALL);
  }

  @Test
  void iterates() {
    try (Session session = compile(3);
        Step step = session.step()) {
      String y = session.outputs().get(0).name();
      FloatBuffer x = step.input("x").asFloatBuffer();
      FloatBuffer c = step.input("c").asFloatBuffer();
      FloatBuffer result = step.output(y).asFloatBuffer();
      x.put(0, new float[] {1, 2, 3});
      c.put(0, 1);
      step.run();
      assertThat(new float[] {result.get(0), result.get(1), result.get(2)})
          .containsExactly(2, 5, 10);
      x.put(0, result, 0, 3);
      step.run();
      assertThat(new float[] {result.get(0), result.get(1), result.get(2)})
          .containsExactly(5, 26, 101);
    }
  }

  @Test
  void needsKnownShapes() {
    try (Session session = compile(-1)) {
      assertThatThrownBy(session::step)
          .isInstanceOf(PhospheneException.class)
          .hasMessage(
              "A step needs the type and all sizes of input \"x\", found float32[?]; fix the input"
                  + " shapes");
    }
  }

  @Test
  void unknownNames() {
    try (Session session = compile(3);
        Step step = session.step()) {
      assertThatThrownBy(() -> step.input("q"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("There is no \"q\" among [x, c]");
    }
  }

  @Test
  void notUsableAfterClose() {
    Session session = compile(3);
    Step step = session.step();
    session.close();
    assertThatThrownBy(step::run).isInstanceOf(IllegalStateException.class);
    step.close();
    step.close();
    assertThatThrownBy(() -> step.input("x")).isInstanceOf(IllegalStateException.class);
  }
}
