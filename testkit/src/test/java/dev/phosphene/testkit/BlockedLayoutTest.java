package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.blocked.BlockedLayout;
import dev.phosphene.graph.rewrite.blocked.ConvolutionAlgorithm;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.session.SessionSettings.Optimization;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Networks and their gradients in the blocked channel layout against the same graphs as they stand,
 * with no optimization at all: block sizes, paddings of channels, and every operator that the
 * layout has.
 */
class BlockedLayoutTest {
  /** A network over an image {@code [2, 3, 21, 18]}. */
  record Network(String name, BiFunction<Builder, Value, Value> layers) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Writes layers with random weights. */
  static final class Builder {
    private final GraphBuilder graph = new GraphBuilder(StandardOperators.table());
    private final Random random = new Random(3);

    Value weight(long... sizes) {
      double scale = 1 / Math.sqrt(Shape.elements(sizes) / (double) sizes[0]);
      return graph.constant(RandomTensor.normal(random, scale, sizes));
    }

    Value positive(int size) {
      float[] elements = new float[size];
      for (int i = 0; i < size; i++) {
        elements[i] = 0.5f + random.nextFloat();
      }
      return graph.constant(Tensor.of(elements, size));
    }

    Value convolution(Value x, long filters, long kernel, long stride, long pad, long groups) {
      return graph.apply(
          "Conv",
          Attributes.of(
              "group", groups,
              "strides", new long[] {stride, stride},
              "pads", new long[] {pad, pad, pad, pad}),
          x,
          weight(filters, x.size(1) / groups, kernel, kernel),
          weight(filters));
    }

    Value stem(Value x, long filters) {
      return apply("Relu", convolution(x, filters, 3, 1, 1, 1));
    }

    Value apply(String operator, Value... arguments) {
      return graph.apply(operator, arguments);
    }

    Value apply(String operator, Attributes attributes, Value... arguments) {
      return graph.apply(operator, attributes, arguments);
    }
  }

  private static Network network(String name, BiFunction<Builder, Value, Value> layers) {
    return new Network(name, layers);
  }

  static Stream<Network> networks() {
    return Stream.of(
        network("whole blocks", (b, x) -> b.convolution(b.stem(x, 32), 16, 3, 1, 1, 1)),
        network(
            "channels that fill no block", (b, x) -> b.convolution(b.stem(x, 24), 20, 3, 1, 1, 1)),
        network("odd channels", (b, x) -> b.convolution(b.stem(x, 19), 7, 3, 1, 0, 1)),
        network("strides", (b, x) -> b.convolution(b.stem(x, 16), 32, 3, 2, 1, 1)),
        network("pointwise strides", (b, x) -> b.convolution(b.stem(x, 16), 32, 1, 2, 0, 1)),
        network(
            "strides beyond the kernel", (b, x) -> b.convolution(b.stem(x, 16), 32, 2, 3, 0, 1)),
        network("strided stem", (b, x) -> b.convolution(x, 32, 7, 2, 3, 1)),
        network("patches", (b, x) -> b.convolution(x, 32, 3, 3, 0, 1)),
        network("depthwise", (b, x) -> b.convolution(b.stem(x, 24), 24, 3, 1, 1, 24)),
        network("strided depthwise", (b, x) -> b.convolution(b.stem(x, 24), 24, 3, 2, 1, 24)),
        network("groups of blocks", (b, x) -> b.convolution(b.stem(x, 32), 64, 3, 1, 1, 2)),
        network("groups below a block", (b, x) -> b.convolution(b.stem(x, 32), 32, 3, 2, 1, 8)),
        network("groups with few filters", (b, x) -> b.convolution(b.stem(x, 24), 12, 3, 1, 1, 4)),
        network("wide padding", (b, x) -> b.convolution(b.stem(x, 16), 16, 2, 1, 3, 1)),
        network(
            "dilations",
            (b, x) ->
                b.apply(
                    "Conv",
                    Attributes.of("dilations", new long[] {2, 3}),
                    b.stem(x, 16),
                    b.weight(16, 16, 3, 3))),
        network(
            "transposed",
            (b, x) ->
                b.apply(
                    "ConvTranspose",
                    Attributes.of("strides", new long[] {2, 3}, "pads", new long[] {1, 0, 0, 1}),
                    b.stem(x, 16),
                    b.weight(16, 20, 3, 4))),
        network(
            "residual",
            (b, x) -> {
              Value stem = b.stem(x, 24);
              return b.apply("Relu", b.apply("Add", b.convolution(stem, 24, 3, 1, 1, 1), stem));
            }),
        network(
            "two convolutions added",
            (b, x) ->
                b.apply(
                    "Add",
                    b.convolution(b.stem(x, 16), 24, 3, 1, 1, 1),
                    b.convolution(b.stem(x, 32), 24, 3, 1, 1, 1))),
        network(
            "max pooling",
            (b, x) ->
                b.apply(
                    "MaxPool",
                    Attributes.of(
                        "kernel_shape", new long[] {3, 3},
                        "strides", new long[] {2, 2},
                        "pads", new long[] {1, 1, 1, 1}),
                    b.stem(x, 24))),
        network(
            "pooling up to the ceiling",
            (b, x) ->
                b.apply(
                    "MaxPool",
                    Attributes.of(
                        "kernel_shape",
                        new long[] {3, 2},
                        "strides",
                        new long[] {2, 2},
                        "ceil_mode",
                        1),
                    b.stem(x, 16))),
        network(
            "pooling of odd sizes",
            (b, x) ->
                b.apply(
                    "MaxPool",
                    Attributes.of("kernel_shape", new long[] {3, 2}, "strides", new long[] {2, 2}),
                    b.graph.slice(b.stem(x, 32), 3, 0, 17))),
        network(
            "pooling of values below zero",
            (b, x) ->
                b.apply(
                    "MaxPool",
                    Attributes.of(
                        "kernel_shape", new long[] {3, 3},
                        "strides", new long[] {2, 2},
                        "pads", new long[] {1, 1, 1, 1}),
                    b.apply("Neg", b.apply("Exp", b.stem(x, 32))))),
        network(
            "average pooling",
            (b, x) ->
                b.apply(
                    "AveragePool",
                    Attributes.of(
                        "kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1}),
                    b.stem(x, 24))),
        network(
            "average pooling side by side",
            (b, x) ->
                b.apply(
                    "AveragePool",
                    Attributes.of("kernel_shape", new long[] {3, 2}, "strides", new long[] {3, 2}),
                    b.stem(x, 24))),
        network(
            "batch normalization",
            (b, x) ->
                b.apply(
                    "Relu",
                    b.apply(
                        "BatchNormalization",
                        b.apply("Sigmoid", b.stem(x, 24)),
                        b.weight(24),
                        b.weight(24),
                        b.weight(24),
                        b.positive(24)))),
        network(
            "one number a channel",
            (b, x) -> b.apply("Mul", b.weight(24, 1, 1), b.apply("Tanh", b.stem(x, 24)))),
        network(
            "squeeze and excitation",
            (b, x) -> {
              Value stem = b.stem(x, 24);
              Value squeezed = b.apply("GlobalAveragePool", stem);
              Value small = b.apply("Relu", b.convolution(squeezed, 6, 1, 1, 0, 1));
              Value gate = b.apply("Sigmoid", b.convolution(small, 24, 1, 1, 0, 1));
              return b.convolution(b.apply("Mul", gate, stem), 8, 1, 1, 0, 1);
            }),
        network(
            "dense block",
            (b, x) -> {
              Value stem = b.stem(x, 32);
              Value more = b.convolution(stem, 12, 3, 1, 1, 1);
              Value joined = b.apply("Concat", Attributes.of("axis", 1), stem, more);
              return b.convolution(b.apply("Relu", joined), 16, 1, 1, 0, 1);
            }),
        network(
            "joined odd channels",
            (b, x) -> {
              Value stem = b.stem(x, 20);
              Value more = b.convolution(stem, 12, 3, 1, 1, 1);
              return b.convolution(
                  b.apply("Concat", Attributes.of("axis", -3), more, stem), 16, 1, 1, 0, 1);
            }),
        network("activations", BlockedLayoutTest::activations),
        network(
            "padding",
            (b, x) ->
                b.apply(
                    "Pad",
                    Attributes.of("mode", "reflect"),
                    b.stem(x, 24),
                    b.graph.integers(0, 0, 1, 2, 0, 0, 3, 0))),
        network(
            "slices", (b, x) -> b.graph.slice(b.graph.slice(b.stem(x, 24), -1, 1, 15, 2), 2, 3, 9)),
        network(
            "slices of paddings",
            (b, x) -> {
              Value padded = b.graph.padZeros(b.stem(x, 24), 0, 0, 1, 2, 0, 0, 0, 1);
              Value odd = b.graph.slice(padded, 2, 1, 22, 2);
              Value shifted =
                  b.graph.padZeros(b.graph.slice(padded, 2, 1, 22), 0, 0, 0, 0, 0, 0, 2, 0);
              Value later = b.graph.slice(shifted, 2, 3, 23, 2);
              return b.convolution(
                  b.apply("Add", odd, b.graph.padZeros(later, 0, 0, 0, 0, 0, 0, 1, 0)),
                  8,
                  1,
                  1,
                  0,
                  1);
            }),
        network(
            "differences",
            (b, x) -> {
              Value stem = b.convolution(x, 24, 3, 1, 1, 1);
              Value even = b.graph.slice(stem, 3, 0, 18, 2);
              return b.apply("HardSigmoid", b.apply("Sub", even, b.graph.slice(stem, 3, 1, 18, 2)));
            }),
        network(
            "numbers for positions",
            (b, x) -> {
              Value rows = b.apply("Mul", b.stem(x, 24), b.weight(1, 1, 21, 1));
              return b.apply(
                  "Add", b.apply("Div", rows, b.weight(1, 1, 1, 18)), b.weight(1, 1, 21, 18));
            }),
        network(
            "positions as tokens",
            (b, x) -> b.graph.transpose(b.graph.reshape(b.stem(x, 24), 2, 24, 21 * 18), 0, 2, 1)),
        network(
            "division by values",
            (b, x) -> {
              Value stem = b.stem(x, 24);
              return b.apply("Div", stem, b.graph.add(b.apply("Exp", stem), 1));
            }),
        network(
            "mean of channels",
            (b, x) -> b.graph.reduceMean(b.apply("Tanh", b.stem(x, 24)), false, 2, 3)));
  }

  private static Value activations(Builder b, Value x) {
    Value all = b.convolution(x, 24, 3, 1, 1, 1);
    for (String activation :
        List.of(
            "Relu",
            "LeakyRelu",
            "Sigmoid",
            "Tanh",
            "HardSigmoid",
            "HardSwish",
            "Elu",
            "Softplus",
            "Erf",
            "Neg",
            "Mish")) {
      Value before = b.convolution(x, 24, 3, 1, 1, 1);
      all = b.apply("Add", all, b.apply(activation, before));
    }
    Value clipped =
        b.apply(
            "Clip",
            b.convolution(x, 24, 3, 1, 1, 1),
            b.graph.scalar(ElementType.FLOAT32, 0),
            b.graph.scalar(ElementType.FLOAT32, 0.5));
    return b.apply("Sub", all, clipped);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void computesTheSame(Network network) {
    Builder builder = new Builder();
    Value image = builder.graph.input("image", ElementType.FLOAT32, Shape.of(2, 3, 21, 18));
    Value output = network.layers().apply(builder, image);
    Value seed = builder.weight(output.shape().sizes());
    Value gradient =
        Differentiation.vectorJacobianProducts(
                builder.graph, output, seed, List.of(image), StandardRules.rules())
            .get(0);
    Graph graph = builder.graph.build(List.of(output.name(), gradient.name()));
    Graph blocked =
        BlockedLayout.of(graph, 16, ConvolutionAlgorithm.FASTEST, StandardOperators.table());
    assertThat(blocked.nodes())
        .anyMatch(node -> node.type().domain().equals("com.microsoft.nchwc"));
    Map<String, Tensor> inputs =
        Map.of("image", RandomTensor.normal(new Random(5), 1, 2, 3, 21, 18));
    SessionSettings small = SessionSettings.SMALL;
    Map<String, Tensor> expected = run(graph, inputs, small.withOptimization(Optimization.NONE));
    Map<String, Tensor> found = run(graph, inputs, small);
    for (String name : graph.outputs()) {
      assertThat(found.get(name).shape()).isEqualTo(expected.get(name).shape());
      assertThat(StoredNetwork.relativeError(found.get(name), expected.get(name)))
          .as(name)
          .isLessThan(2e-6);
    }
  }

  /** Sums of few small integers are exact: every window has its maximum several times. */
  @Test
  void givesTheGradientOfTiesToTheFirst() {
    Builder builder = new Builder();
    Value image = builder.graph.input("image", ElementType.FLOAT32, Shape.of(1, 3, 21, 18));
    Value weight = builder.graph.constant(integers(new Random(7), 1, 32, 3, 1, 1));
    Value pooled =
        builder.apply(
            "MaxPool",
            Attributes.of(
                "kernel_shape", new long[] {3, 3},
                "strides", new long[] {2, 2},
                "pads", new long[] {1, 1, 1, 1}),
            builder.apply("Conv", image, weight));
    Value seed = builder.graph.constant(integers(new Random(8), 9, pooled.shape().sizes()));
    Value gradient =
        Differentiation.vectorJacobianProducts(
                builder.graph, pooled, seed, List.of(image), StandardRules.rules())
            .get(0);
    Graph graph = builder.graph.build(List.of(gradient.name()));
    Map<String, Tensor> inputs = Map.of("image", integers(new Random(9), 1, 1, 3, 21, 18));
    SessionSettings small = SessionSettings.SMALL;
    assertThat(run(graph, inputs, small).get(gradient.name()).toFloats())
        .containsExactly(
            run(graph, inputs, small.withOptimization(Optimization.NONE))
                .get(gradient.name())
                .toFloats());
  }

  private static Tensor integers(Random random, int largest, long... sizes) {
    float[] elements = new float[Math.toIntExact(Shape.elements(sizes))];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = random.nextInt(2 * largest + 1) - largest;
    }
    return Tensor.of(elements, sizes);
  }

  private static Map<String, Tensor> run(
      Graph graph, Map<String, Tensor> inputs, SessionSettings settings) {
    try (Session session = Session.compile(graph, settings)) {
      return session.run(inputs);
    }
  }
}
