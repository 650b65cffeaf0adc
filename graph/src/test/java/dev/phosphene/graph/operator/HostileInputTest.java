package dev.phosphene.graph.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a file says, inference and evaluation end with a result or with an error of ours. */
class HostileInputTest {
  private static final int DRAWS = 120;

  private static final List<String> INTEGERS =
      List.of(
          "axis",
          "group",
          "ceil_mode",
          "keepdims",
          "transA",
          "transB",
          "start",
          "end",
          "to",
          "blocksize",
          "allowzero",
          "batch_dims",
          "num_outputs",
          "num_groups",
          "size",
          "layout",
          "hidden_size",
          "output_height",
          "largest",
          "exclusive",
          "reverse",
          "fmod",
          "dtype",
          "onesided",
          "inverse",
          "q_num_heads",
          "kv_num_heads",
          "noop_with_empty_axes",
          "N",
          "K",
          "block_size",
          "bits",
          "gather_axis",
          "quantize_axis",
          "channels_last",
          "k",
          "targets",
          "dim",
          "step",
          "num_heads");

  private static final List<String> LISTS =
      List.of(
          "kernel_shape",
          "strides",
          "dilations",
          "pads",
          "output_padding",
          "output_shape",
          "perm",
          "axes",
          "pooled_shape",
          "shape",
          "inputdimensions",
          "classlabels_ints");

  private static final List<String> TEXTS =
      List.of("auto_pad", "mode", "keep_aspect_ratio_policy", "direction", "reduction", "equation");

  private static final List<String> WORDS =
      List.of(
          "",
          "SAME_UPPER",
          "SAME_LOWER",
          "VALID",
          "reflect",
          "wrap",
          "edge",
          "not_larger",
          "bidirectional",
          "add",
          "ij,jk->ik",
          "...i,i...->...",
          "ii",
          "a,,->...");

  private static final long[] NUMBERS = {
    0,
    1,
    1,
    1,
    2,
    2,
    3,
    4,
    -1,
    -2,
    -3,
    7,
    64,
    65_537,
    Integer.MAX_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 40
  };

  static Stream<OperatorSpec> operators() {
    return StandardOperators.table().specs().stream()
        .sorted(Comparator.comparing(spec -> spec.type().toString()));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void bearsEverything(OperatorSpec spec) {
    Random random = new Random(spec.type().hashCode());
    for (int draw = 0; draw < DRAWS; draw++) {
      Attributes attributes = attributes(random);
      List<Optional<Tensor>> constants = new ArrayList<>();
      GraphBuilder builder = new GraphBuilder(StandardOperators.table());
      List<Value> arguments = new ArrayList<>();
      int inputs = random.nextInt(6);
      for (int i = 0; i < inputs; i++) {
        Optional<Tensor> constant =
            random.nextInt(8) == 0 ? Optional.empty() : Optional.of(tensor(random));
        constants.add(constant);
        arguments.add(
            constant.isPresent() && random.nextInt(3) > 0
                ? builder.constant("c" + i, constant.get())
                : builder.input("x" + i, ElementType.FLOAT32, shape(random)));
      }
      String described = spec.type() + " {" + attributes + "} " + arguments + " " + constants;
      assertThatCode(() -> inferAndEvaluate(builder, spec, attributes, arguments, constants))
          .as(described)
          .doesNotThrowAnyException();
    }
  }

  private static void inferAndEvaluate(
      GraphBuilder builder,
      OperatorSpec spec,
      Attributes attributes,
      List<Value> arguments,
      List<Optional<Tensor>> constants) {
    try {
      assertThat(builder.apply(spec.type(), 2, attributes, arguments)).hasSize(2);
    } catch (PhospheneException e) {
      assertThat(e).hasMessageStartingWith(spec.type() + " (").hasMessageNotContaining("\n");
      assertThat(e.getMessage()).hasSizeLessThan(600);
    }
    OperatorSpec.Evaluation evaluation = spec.evaluation();
    if (evaluation == null) {
      return;
    }
    List<String> names =
        IntStream.range(0, constants.size())
            .mapToObj(i -> constants.get(i).isPresent() ? "c" + i : "")
            .toList();
    Node node = new Node("", spec.type(), names, List.of("a", "b"), attributes, Map.of());
    try {
      for (Tensor output : evaluation.evaluate(node, constants)) {
        assertThat(output.elements()).isLessThanOrEqualTo(Folding.MAX_ELEMENTS);
      }
    } catch (PhospheneException e) {
      assertThat(e.getMessage()).hasSizeLessThan(600);
    }
  }

  private static Attributes attributes(Random random) {
    Attributes attributes = Attributes.none();
    for (String name : INTEGERS) {
      if (random.nextInt(4) == 0) {
        attributes = attributes.with(name, number(random));
      }
    }
    for (String name : LISTS) {
      if (random.nextInt(3) == 0) {
        attributes = attributes.with(name, list(random));
      }
    }
    for (String name : TEXTS) {
      if (random.nextInt(3) == 0) {
        attributes = attributes.with(name, WORDS.get(random.nextInt(WORDS.size())));
      }
    }
    return attributes;
  }

  private static long number(Random random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private static long[] list(Random random) {
    return LongStream.generate(() -> number(random)).limit(random.nextInt(5)).toArray();
  }

  private static Tensor tensor(Random random) {
    ElementType type =
        new ElementType[] {
              ElementType.INT64, ElementType.INT64, ElementType.FLOAT32, ElementType.BOOL
            }
            [random.nextInt(4)];
    long[] sizes = LongStream.generate(() -> random.nextInt(4)).limit(random.nextInt(4)).toArray();
    if (random.nextInt(50) == 0) {
      sizes = new long[] {0, 1L << 40};
    }
    long[] elements =
        LongStream.generate(() -> number(random)).limit(Shape.elements(sizes)).toArray();
    return Tensor.converted(type, elements, sizes);
  }

  private static Shape shape(Random random) {
    if (random.nextInt(6) == 0) {
      return Shape.unknown();
    }
    return Shape.of(
        LongStream.generate(() -> Math.max(-1, number(random))).limit(random.nextInt(6)).toArray());
  }
}
