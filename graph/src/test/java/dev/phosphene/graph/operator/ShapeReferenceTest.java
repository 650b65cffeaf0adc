package dev.phosphene.graph.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inferred shapes are those that ONNX Runtime gives. */
class ShapeReferenceTest {
  static Stream<ReferenceCase> cases() {
    return ReferenceCase.read("shapes.json");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void infersWhatOnnxRuntimeGives(ReferenceCase reference) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    List<Value> outputs = outputs(builder, reference, true);
    for (int i = 0; i < outputs.size(); i++) {
      assertThat(outputs.get(i).shape())
          .isEqualTo(Shape.of(ReferenceCase.longs(reference.outputs().get(i))));
      assertThat(outputs.get(i).type()).isNotEqualTo(ElementType.UNKNOWN);
    }
  }

  /** Knowing less must give less, never something else. */
  @ParameterizedTest
  @MethodSource("cases")
  void contradictsNothingWhereSizesAreUnknown(ReferenceCase reference) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    List<Value> outputs = outputs(builder, reference, false);
    for (int i = 0; i < outputs.size(); i++) {
      Shape shape = outputs.get(i).shape();
      long[] expected = ReferenceCase.longs(reference.outputs().get(i));
      if (shape.isRankKnown()) {
        assertThat(shape.rank()).isEqualTo(expected.length);
        for (int axis = 0; axis < expected.length; axis++) {
          assertThat(shape.size(axis)).isIn(-1L, expected[axis]);
        }
      }
    }
  }

  private static List<Value> outputs(
      GraphBuilder builder, ReferenceCase reference, boolean sizesKnown) {
    List<Value> arguments = new ArrayList<>();
    for (JsonNode input : reference.inputs()) {
      String name = "x" + arguments.size();
      if (input.isNull()) {
        arguments.add(Value.ABSENT);
      } else if (input.has("shape")) {
        Shape shape = Shape.of(ReferenceCase.longs(input.get("shape")));
        arguments.add(
            builder.input(
                name, ElementType.FLOAT32, sizesKnown ? shape : Shape.ofRank(shape.rank())));
      } else {
        arguments.add(builder.constant(name, ReferenceCase.tensor(input)));
      }
    }
    return builder.apply(
        OperatorType.of(reference.operator()),
        reference.outputs().size(),
        reference.attributes(),
        arguments);
  }
}
