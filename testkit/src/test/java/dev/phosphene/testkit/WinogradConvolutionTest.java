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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Large convolutions in fewer products, and their gradients, against the same graphs as they are.
 */
class WinogradConvolutionTest {
  /** A convolution of an image. */
  record Layer(
      String name, long[] image, long filters, long[] kernel, long[] strides, long[] pads) {
    Tensor weight() {
      double scale = 1 / Math.sqrt((double) image[1] * kernel[0] * kernel[1]);
      return RandomTensor.normal(new Random(3), scale, filters, image[1], kernel[0], kernel[1]);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Layer layer(String name, long[] image, long filters, long[] kernel, long... pads) {
    return new Layer(name, image, filters, kernel, new long[] {1, 1}, pads);
  }

  private static long[] sizes(long... sizes) {
    return sizes;
  }

  static Stream<Layer> layers() {
    return Stream.of(
        layer("whole tiles", sizes(1, 96, 32, 32), 96, sizes(3, 3), 1, 1, 1, 1),
        layer("a tile left over", sizes(1, 112, 29, 31), 112, sizes(3, 3), 1, 1, 1, 1),
        layer("no padding", sizes(1, 112, 31, 30), 112, sizes(3, 3), 0, 0, 0, 0),
        layer("uneven padding", sizes(1, 112, 30, 30), 112, sizes(3, 3), 2, 0, 1, 2),
        layer("several images", sizes(3, 64, 27, 28), 64, sizes(3, 3), 1, 1, 1, 1),
        layer("several small images", sizes(3, 256, 7, 8), 240, sizes(3, 3), 1, 1, 1, 1),
        layer("many weights", sizes(1, 512, 14, 15), 512, sizes(3, 3), 1, 1, 1, 1),
        layer("tiles along the height", sizes(1, 32, 63, 65), 64, sizes(3, 3), 1, 1, 1, 1),
        layer("channels that fill no block", sizes(1, 100, 32, 32), 92, sizes(3, 3), 1, 1, 1, 1),
        layer("five taps", sizes(1, 64, 27, 28), 64, sizes(5, 5), 2, 2, 2, 2),
        layer("along the width", sizes(1, 160, 31, 30), 160, sizes(1, 3), 0, 1, 0, 1),
        layer("five taps along the width", sizes(1, 128, 31, 29), 128, sizes(1, 5), 0, 2, 0, 2),
        layer("along the height", sizes(1, 160, 30, 31), 160, sizes(3, 1), 1, 0, 1, 0),
        layer("a wide kernel", sizes(1, 64, 30, 31), 64, sizes(3, 7), 1, 3, 1, 3),
        new Layer(
            "strides along the width",
            sizes(1, 128, 32, 60),
            128,
            sizes(3, 3),
            sizes(1, 2),
            sizes(1, 1, 1, 1)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void roundsAsMuchAsTheDirectConvolution(Layer layer) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, Shape.of(layer.image()));
    Value output =
        builder.apply(
            "Conv",
            Attributes.of("strides", layer.strides(), "pads", layer.pads()),
            image,
            builder.constant(layer.weight()),
            builder.constant(RandomTensor.normal(new Random(4), 1, layer.filters())));
    Value seed = builder.input("seed", ElementType.FLOAT32, output.shape());
    Value gradient =
        Differentiation.vectorJacobianProducts(
                builder, output, seed, List.of(image), StandardRules.rules())
            .get(0);
    Graph graph = builder.build(List.of(output.name(), gradient.name()));
    assertThat(depthwise(graph, ConvolutionAlgorithm.FASTEST)).isGreaterThanOrEqualTo(10);
    assertThat(depthwise(graph, ConvolutionAlgorithm.DIRECT)).isZero();
    Map<String, Tensor> inputs =
        Map.of(
            "image", RandomTensor.normal(new Random(5), 1, layer.image()),
            "seed", RandomTensor.normal(new Random(6), 1, output.shape().sizes()));
    Map<String, Tensor> expected = run(graph, inputs, Optimization.NONE);
    Map<String, Tensor> found = run(graph, inputs, Optimization.ALL);
    for (String name : graph.outputs()) {
      double error = StoredNetwork.relativeError(found.get(name), expected.get(name));
      System.out.printf("%s, %s: %.1e%n", layer, name, error);
      assertThat(error).isLessThan(2e-6);
    }
  }

  private static long depthwise(Graph graph, ConvolutionAlgorithm algorithm) {
    return BlockedLayout.of(graph, 16, algorithm, StandardOperators.table()).nodes().stream()
        .filter(WinogradConvolutionTest::isDepthwise)
        .count();
  }

  private static boolean isDepthwise(Node node) {
    return node.type().name().equals("Conv") && node.attributes().integer("group", 1) > 1;
  }

  private static Map<String, Tensor> run(
      Graph graph, Map<String, Tensor> inputs, Optimization optimization) {
    SessionSettings settings = SessionSettings.SMALL.withOptimization(optimization);
    try (Session session = Session.compile(graph, settings)) {
      return session.run(inputs);
    }
  }
}
