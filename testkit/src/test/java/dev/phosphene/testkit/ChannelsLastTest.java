package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.graph.rewrite.blocked.BlockedLayout;
import dev.phosphene.graph.rewrite.blocked.ConvolutionAlgorithm;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.session.SessionSettings.Optimization;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Parts of transformers and their gradients in the blocked channel layout, where their channels are
 * the last axis, against the same graphs as they stand, with no optimization at all.
 */
class ChannelsLastTest {
  private static final int BLOCK = 16;

  /** A network over tokens {@code [2, 49, 32]}, or pictures {@code [2, 32, 8, 8]}. */
  record Network(String name, boolean ofPictures, BiFunction<Builder, Value, Value> layers) {
    @Override
    public String toString() {
      return name;
    }

    long[] sizes() {
      return ofPictures ? new long[] {2, 32, 8, 8} : new long[] {2, 49, 32};
    }
  }

  /** Writes layers with random weights. */
  static final class Builder {
    private final GraphBuilder graph = new GraphBuilder(StandardOperators.table());
    private final Random random = new Random(3);

    Value weight(long... sizes) {
      double scale = 1 / Math.sqrt(Shape.elements(sizes) / (double) sizes[sizes.length - 1]);
      return graph.constant(RandomTensor.normal(random, scale, sizes));
    }

    Value apply(String operator, Value... arguments) {
      return graph.apply(operator, arguments);
    }

    Value linear(Value x, long filters) {
      Value product = graph.matrixMultiply(x, weight(x.size(x.rank() - 1), filters));
      return graph.add(product, weight(filters));
    }

    Value normalized(Value x) {
      long channels = x.size(x.rank() - 1);
      return graph.apply(
          "LayerNormalization",
          Attributes.of("axis", -1),
          x,
          graph.add(weight(channels), 1),
          weight(channels));
    }

    Value perceptron(Value x) {
      return linear(apply("Gelu", linear(x, 64)), x.size(x.rank() - 1));
    }

    Value residual(Value x) {
      return graph.add(x, perceptron(normalized(x)));
    }

    /** Of tokens {@code [N, T, C]} or windows of them. */
    Value attention(Value x) {
      Value all = graph.reshape(linear(x, 96), x.size(0), x.size(1), 3, 2, 16);
      Value heads = graph.transpose(all, 2, 0, 3, 1, 4);
      List<Value> parts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        parts.add(graph.squeeze(graph.slice(heads, 0, i, i + 1), 0));
      }
      Value scores =
          graph.matrixMultiply(
              graph.multiply(parts.get(0), 0.25), graph.transpose(parts.get(1), 0, 1, 3, 2));
      Value shares = graph.apply("Softmax", Attributes.of("axis", -1), scores);
      Value mixed = graph.transpose(graph.matrixMultiply(shares, parts.get(2)), 0, 2, 1, 3);
      return linear(graph.reshape(mixed, x.size(0), x.size(1), 32), 32);
    }
  }

  private static Network tokens(String name, BiFunction<Builder, Value, Value> layers) {
    return new Network(name, false, layers);
  }

  private static Network pictures(String name, BiFunction<Builder, Value, Value> layers) {
    return new Network(name, true, layers);
  }

  static Stream<Network> networks() {
    return Stream.of(
        tokens("product", (b, x) -> b.graph.matrixMultiply(x, b.weight(32, 48))),
        tokens("product with bias", (b, x) -> b.linear(x, 48)),
        tokens(
            "general product",
            (b, x) ->
                b.graph.apply(
                    "Gemm",
                    Attributes.of("transB", 1),
                    b.graph.reshape(x, 98, 32),
                    b.weight(48, 32),
                    b.weight(48))),
        tokens(
            "one weight in two orders",
            (b, x) -> {
              Value weight = b.weight(32, 32);
              Value rows = b.graph.matrixMultiply(b.graph.reshape(x, 98, 32), weight);
              return b.graph.apply("Gemm", Attributes.of("transB", 1), rows, weight);
            }),
        tokens(
            "scaled weight",
            (b, x) -> {
              Value weight = b.weight(32, 48);
              Value scaled = b.apply("Mul", weight, b.weight(1, 48));
              return b.graph.matrixMultiply(x, scaled);
            }),
        tokens("perceptron", Builder::perceptron),
        tokens("residual", (b, x) -> b.residual(b.residual(x))),
        tokens(
            "product that is read twice",
            (b, x) -> {
              Value product = b.graph.matrixMultiply(x, b.weight(32, 48));
              return b.apply("Mul", product, b.graph.add(product, b.weight(48)));
            }),
        tokens(
            "one number a channel",
            (b, x) ->
                b.graph.add(
                    b.apply("Mul", b.weight(1, 1, 48), b.apply("Tanh", b.linear(x, 48))),
                    b.weight(48))),
        tokens(
            "one number a row",
            (b, x) -> {
              Value y = b.linear(x, 48);
              Value sum = b.graph.reduceSum(b.apply("Tanh", y), true, -1);
              return b.apply("Div", y, b.graph.add(b.graph.square(sum), 1));
            }),
        tokens("rows as output", (b, x) -> b.graph.reduceMean(b.linear(x, 48), true, 2)),
        tokens("mean without its axis", (b, x) -> b.graph.reduceMean(b.linear(x, 48), false, 2)),
        tokens("mean of tokens", (b, x) -> b.graph.reduceMean(b.linear(x, 48), true, 1)),
        tokens(
            "class token",
            (b, x) -> {
              Value token = b.graph.expand(b.weight(1, 1, 32), 2, 1, 32);
              Value all = b.graph.concatenate(1, List.of(token, b.residual(x)));
              return b.graph.slice(b.residual(all), 1, 0, 9);
            }),
        tokens("attention", (b, x) -> b.graph.add(x, b.attention(b.normalized(x)))),
        tokens(
            "channels that fill no block",
            (b, x) -> b.linear(b.linear(b.linear(b.linear(x, 24), 48), 32), 20)),
        tokens(
            "channels in another order",
            (b, x) -> b.graph.transpose(b.graph.reshape(b.linear(x, 48), 2, 7, 7, 48), 3, 1, 0, 2)),
        pictures(
            "block of a convolutional network",
            (b, x) -> {
              Value mixed =
                  b.graph.apply(
                      "Conv",
                      Attributes.of("group", 32, "pads", new long[] {1, 1, 1, 1}),
                      x,
                      b.weight(32, 1, 3, 3),
                      b.weight(32));
              Value last = b.graph.transpose(mixed, 0, 2, 3, 1);
              Value block = b.graph.transpose(b.perceptron(b.normalized(last)), 0, 3, 1, 2);
              return b.graph.add(x, block);
            }),
        pictures("windows", ChannelsLastTest::windows),
        pictures(
            "patches joined",
            (b, x) -> {
              Value y = b.residual(b.graph.transpose(x, 0, 2, 3, 1));
              List<Value> parts = new ArrayList<>();
              for (int i = 0; i < 4; i++) {
                Value rows = b.graph.slice(y, 1, i / 2, 8, 2);
                parts.add(b.graph.slice(rows, -2, i % 2, 8, 2));
              }
              return b.linear(b.normalized(b.graph.concatenate(3, parts)), 64);
            }));
  }

  /** Attention in windows of a picture that is rolled and padded before. */
  private static Value windows(Builder b, Value x) {
    Value y = b.residual(b.graph.transpose(x, 0, 2, 3, 1));
    Value rolled =
        b.graph.concatenate(1, List.of(b.graph.slice(y, 1, 3, 8), b.graph.slice(y, 1, 0, 3)));
    Value padded = b.graph.padZeros(rolled, 0, 0, 0, 0, 0, 0, 4, 0);
    Value cut = b.graph.transpose(b.graph.reshape(padded, 2, 2, 4, 3, 4, 32), 0, 1, 3, 2, 4, 5);
    Value mixed = b.attention(b.graph.reshape(cut, 12, 16, 32));
    Value back = b.graph.transpose(b.graph.reshape(mixed, 2, 2, 3, 4, 4, 32), 0, 1, 3, 2, 4, 5);
    Value whole = b.graph.slice(b.graph.reshape(back, 2, 8, 12, 32), 2, 0, 8);
    return b.graph.add(y, whole);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void computesTheSame(Network network) {
    Builder builder = new Builder();
    Value input = builder.graph.input("x", ElementType.FLOAT32, Shape.of(network.sizes()));
    Value output = network.layers().apply(builder, input);
    Value seed = builder.weight(output.shape().sizes());
    Value gradient =
        Differentiation.vectorJacobianProducts(
                builder.graph, output, seed, List.of(input), StandardRules.rules())
            .get(0);
    Graph graph =
        Simplification.GRADIENTS.apply(
            builder.graph.build(List.of(output.name(), gradient.name())),
            List.of(),
            StandardOperators.table());
    Graph blocked =
        BlockedLayout.of(graph, BLOCK, ConvolutionAlgorithm.FASTEST, StandardOperators.table());
    assertThat(blocked.nodes()).filteredOn(ChannelsLastTest::isPointwise).isNotEmpty();
    Map<String, Tensor> inputs =
        Map.of("x", RandomTensor.normal(new Random(5), 1, network.sizes()));
    SessionSettings small = SessionSettings.SMALL;
    Map<String, Tensor> expected = run(graph, inputs, small.withOptimization(Optimization.NONE));
    Map<String, Tensor> found = run(graph, inputs, small);
    for (String name : graph.outputs()) {
      assertThat(found.get(name).shape()).isEqualTo(expected.get(name).shape());
      assertThat(StoredNetwork.relativeError(found.get(name), expected.get(name)))
          .as(name)
          .isLessThan(3e-6);
    }
  }

  private static boolean isPointwise(Node node) {
    return node.type().domain().equals("com.microsoft.nchwc")
        && node.type().name().equals("Conv")
        && node.attributes().integer("group", 1) == 1;
  }

  private static Map<String, Tensor> run(
      Graph graph, Map<String, Tensor> inputs, SessionSettings settings) {
    try (Session session = Session.compile(graph, settings)) {
      return session.run(inputs);
    }
  }
}
