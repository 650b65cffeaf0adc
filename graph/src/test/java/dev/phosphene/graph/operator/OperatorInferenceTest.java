package dev.phosphene.graph.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorInferenceTest {
  private static final Dimension BATCH = Dimension.symbolic("N");

  /** Output shapes of one node; an argument is a shape, a constant, or null for one left out. */
  private static List<Shape> infer(
      String operator, int outputs, Attributes attributes, Object... arguments) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    List<Value> values = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Shape shape) {
        values.add(builder.input("x" + values.size(), ElementType.FLOAT32, shape));
      } else if (argument instanceof Tensor tensor) {
        values.add(builder.constant("c" + values.size(), tensor));
      } else {
        values.add(Value.ABSENT);
      }
    }
    return builder.apply(OperatorType.of(operator), outputs, attributes, values).stream()
        .map(Value::shape)
        .toList();
  }

  private static Arguments row(
      String expected, String operator, Attributes attributes, Object... arguments) {
    return Arguments.of(expected, operator, attributes, Arrays.asList(arguments));
  }

  private static Shape batched(long... others) {
    List<Dimension> sizes = new ArrayList<>(List.of(BATCH));
    Arrays.stream(others).mapToObj(Dimension::of).forEach(sizes::add);
    return Shape.of(sizes);
  }

  static Stream<Arguments> symbolicShapes() {
    Attributes none = Attributes.none();
    return Stream.of(
        row("[N, 3, 8, 8]", "Add", none, batched(3, 8, 8), Shape.of(3, 1, 1)),
        row("[N, 12]", "Reshape", none, batched(3, 2, 2), Tensor.vector(0, -1)),
        row("[N, 12]", "Reshape", none, batched(3, 2, 2), Tensor.vector(-1, 12)),
        row("[?, 6]", "Reshape", none, batched(3, 2, 2), Tensor.vector(-1, 6)),
        row("[?, ?]", "Reshape", none, batched(3, 2, 2), Shape.of(2)),
        row("[N, 12]", "Flatten", none, batched(3, 2, 2)),
        row("[3, N]", "Transpose", none, batched(3)),
        row("[N, 1, 3]", "Unsqueeze", none, batched(3), Tensor.vector(1)),
        row("[...]", "Squeeze", none, batched(1)),
        row("[N]", "Squeeze", none, batched(1), Tensor.vector(-1)),
        row("[N, 5]", "MatMul", none, batched(3), Shape.of(3, 5)),
        row("[N, 5]", "Gemm", none, batched(3), Shape.of(3, 5), Shape.of(5)),
        row("[N, 1, 1]", "ReduceMean", none, batched(2, 2), Tensor.vector(1, 2)),
        row("[N]", "ReduceSum", Attributes.of("keepdims", 0), batched(2), Tensor.vector(1)),
        row("[?, ?]", "ReduceSum", none, batched(2), Shape.of(1)),
        row("[N, 5, 4, 4]", "Conv", none, batched(3, 6, 6), Shape.of(5, 3, 3, 3)),
        row("[?, 5, ?, ?]", "Conv", none, Shape.unknown(), Shape.of(5, 3, 3, 3)),
        row("[N, ?, ?, ?]", "Conv", none, batched(3, 6, 6), Shape.unknown()),
        row("[N, 7]", "Concat", Attributes.of("axis", -1), batched(3), batched(4)),
        row(
            "[N, 2]",
            "Slice",
            none,
            batched(5),
            Tensor.vector(3),
            Tensor.vector(9),
            Tensor.vector(1)),
        row("[N]", "Slice", none, batched(), Tensor.vector(0), Tensor.vector(Long.MAX_VALUE)),
        row("[N, 4]", "Pad", none, batched(2), Tensor.vector(0, 1, 0, 1)),
        row("[N]", "Gather", Attributes.of("axis", 1), batched(5), Tensor.scalar(2L)),
        row("[2]", "Shape", none, batched(3)),
        row("[2, ?]", "NonZero", none, batched(3)),
        row("[N, 2]", "TopK", none, batched(3), Tensor.vector(2)),
        row("[...]", "Add", none, Shape.unknown(), Shape.of(3)),
        row("[...]", "Softmax", none, Shape.unknown()));
  }

  @ParameterizedTest
  @MethodSource("symbolicShapes")
  void keepsWhatIsKnown(String expected, String operator, Attributes attributes, List<Object> in) {
    assertThat(infer(operator, 1, attributes, in.toArray()).get(0)).hasToString(expected);
  }

  static Stream<Arguments> contradictions() {
    Attributes none = Attributes.none();
    Shape image = Shape.of(1, 3, 8, 8);
    Shape weights = Shape.of(4, 3, 3, 3);
    long[] pair = {1, 1};
    return Stream.of(
        row("do not broadcast", "Add", none, Shape.of(2), Shape.of(3)),
        row("number of elements", "Reshape", none, Shape.of(2, 3), Tensor.vector(4)),
        row("number of elements", "Reshape", none, Shape.of(2, 3), Tensor.vector(-1, 4)),
        row("copy axis 2", "Reshape", none, Shape.of(2, 3), Tensor.vector(2, 3, 0)),
        row("one -1", "Reshape", none, Shape.of(2, 3), Tensor.vector(-1, -1)),
        row("given twice", "Transpose", Attributes.of("perm", new int[] {0, 0}), Shape.of(2, 3)),
        row("perm", "Transpose", Attributes.of("perm", new int[] {0}), Shape.of(2, 3)),
        row("from 0", "Transpose", Attributes.of("perm", new int[] {0, -1}), Shape.of(2, 3)),
        row("from 0", "Transpose", Attributes.of("perm", new int[] {0, -1}), Shape.unknown()),
        row("inner sizes", "MatMul", none, Shape.of(2, 3), Shape.of(2, 3)),
        row("need 4 channels", "Conv", none, image, Shape.of(4, 4, 3, 3)),
        row("strides", "Conv", Attributes.of("strides", new long[] {1, 0}), image, weights),
        row("strides", "Conv", Attributes.of("strides", new long[] {1}), image, weights),
        row("strides", "Conv", Attributes.of("strides", 1), image, weights),
        row("pads", "Conv", Attributes.of("pads", new long[] {0, 0, -1, 0}), image, weights),
        row("group", "Conv", Attributes.of("group", 0), image, weights),
        row("auto_pad", "Conv", Attributes.of("auto_pad", "SOME"), image, weights),
        row("does not fit", "Conv", none, image, Shape.of(4, 3, 9, 9)),
        row(
            "overflow",
            "Conv",
            Attributes.of("dilations", new long[] {Long.MAX_VALUE, 1}),
            image,
            weights),
        row(
            "overflow",
            "Conv",
            Attributes.of("pads", new long[] {Long.MAX_VALUE, 0, 1, 0}),
            image,
            weights),
        row("kernel_shape", "MaxPool", none, image),
        row("kernel sizes", "MaxPool", Attributes.of("kernel_shape", new long[] {0, 1}), image),
        row("[N, C, ...]", "MaxPool", Attributes.of("kernel_shape", pair), Shape.of(2, 3)),
        row("axis 4", "Softmax", Attributes.of("axis", 4), image),
        row(
            "step must not be 0",
            "Slice",
            none,
            Shape.of(4),
            Tensor.vector(0),
            Tensor.vector(2),
            Tensor.vector(0),
            Tensor.vector(0)),
        row("ends", "Slice", none, Shape.of(4), Tensor.vector(0), Tensor.vector(2, 3)),
        row("pads", "Pad", none, Shape.of(4), Tensor.vector(1)),
        row("cut more", "Pad", none, Shape.of(4), Tensor.vector(-3, -3)),
        row("overflow", "Tile", none, Shape.of(4), Tensor.vector(Long.MAX_VALUE)),
        row("at most 64", "Expand", none, Shape.of(4), Tensor.vector(new long[65])),
        row("negative", "Expand", none, Shape.of(4), Tensor.vector(-2)),
        row("differ", "Concat", Attributes.of("axis", 0), Shape.of(2, 3), Shape.of(2, 4)),
        row("do not split", "Split", none, Shape.of(4), Tensor.vector(3)),
        row("blocksize", "DepthToSpace", none, image));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void refusesWithTheNodeInTheMessage(
      String problem, String operator, Attributes attributes, List<Object> arguments) {
    assertThatThrownBy(() -> infer(operator, 1, attributes, arguments.toArray()))
        .isInstanceOf(PhospheneException.class)
        .hasMessageStartingWith(operator + " (")
        .hasMessageContaining(problem);
  }

  /** Without them the runtime's kernel would end the process. */
  @Test
  void quantizedExpertsNeedScales() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value x = builder.input("x", ElementType.UNKNOWN, Shape.unknown());
    OperatorType type = new OperatorType("com.microsoft", "QMoE");
    for (int missing : new int[] {3, 6}) {
      List<Value> arguments = new ArrayList<>(Collections.nCopies(7, x));
      assertThat(builder.apply(type, 1, Attributes.none(), arguments)).hasSize(1);
      arguments.set(missing, Value.ABSENT);
      assertThatThrownBy(() -> builder.apply(type, 1, Attributes.none(), arguments))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("scales");
    }
  }

  /** Every operator must bear inputs of which nothing is known, and inputs left out. */
  @Test
  void nothingKnownIsNoFailureOfItsOwn() {
    for (var spec : StandardOperators.table().specs()) {
      for (Shape shape : List.of(Shape.unknown(), Shape.ofRank(0), Shape.ofRank(4), Shape.of(0))) {
        GraphBuilder builder = new GraphBuilder(StandardOperators.table());
        Value x = builder.input("x", ElementType.UNKNOWN, shape);
        for (int inputs = 0; inputs <= 6; inputs++) {
          List<Value> arguments = Collections.nCopies(inputs, x);
          try {
            assertThat(builder.apply(spec.type(), 3, Attributes.none(), arguments)).hasSize(3);
          } catch (PhospheneException e) {
            assertThat(e).hasMessageStartingWith(spec.type() + " (");
          }
        }
      }
    }
  }
}
