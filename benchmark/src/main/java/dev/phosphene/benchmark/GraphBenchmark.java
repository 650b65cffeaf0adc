package dev.phosphene.benchmark;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Graph;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.rewrite.Simplification;
import dev.phosphene.graph.rewrite.blocked.BlockedLayout;
import dev.phosphene.graph.rewrite.blocked.ConvolutionAlgorithm;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What is done to a graph before a session is made of it, for a residual network of the depth of
 * ResNet-50: sixteen blocks of three convolutions, all of 64 channels.
 */
@State(Scope.Benchmark)
public class GraphBenchmark extends PartBenchmark {
  private static final int BLOCKS = 16;
  private static final int CHANNELS = 64;

  /** As AVX-512 has them. */
  private static final int CHANNELS_SIDE_BY_SIDE = 16;

  private Graph network;
  private Graph differentiated;

  /** Builds the network. */
  @Setup(Level.Trial)
  public void build() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, Shape.of(1, 3, 56, 56));
    Value x = relu(builder, convolution(builder, image, 7));
    for (int block = 0; block < BLOCKS; block++) {
      Value inner = relu(builder, convolution(builder, x, 1));
      inner = relu(builder, convolution(builder, inner, 3));
      x = relu(builder, builder.add(x, convolution(builder, inner, 1)));
    }
    network = builder.build(List.of(builder.reduceMean(x, false, 0, 1, 2, 3).name()));
    differentiated = differentiate();
  }

  private static Value relu(GraphBuilder builder, Value x) {
    return builder.apply("Relu", x);
  }

  private static Value convolution(GraphBuilder builder, Value x, int kernel) {
    long[] sizes = {CHANNELS, x.size(1), kernel, kernel};
    long pad = kernel / 2;
    Tensor weights = Tensor.of(new float[Math.toIntExact(Shape.elements(sizes))], sizes);
    return builder.apply(
        "Conv",
        Attributes.of("pads", new long[] {pad, pad, pad, pad}),
        x,
        builder.constant(builder.freshName("weights"), weights));
  }

  /** Adds the gradient at the image, and simplifies. */
  @Benchmark
  public Graph differentiate() {
    GraphBuilder builder = GraphBuilder.from(network, StandardOperators.table());
    Value loss = builder.value(network.outputs().get(0));
    Value gradient =
        Differentiation.gradients(
                builder, loss, List.of(builder.value("image")), StandardRules.rules())
            .get(0);
    return Simplification.GRADIENTS.apply(
        builder.build(List.of(loss.name(), gradient.name())), List.of(), StandardOperators.table());
  }

  /** Brings network and gradient into the blocked channel layout, weights included. */
  @Benchmark
  public Graph intoBlockedLayout() {
    return BlockedLayout.of(
        differentiated,
        CHANNELS_SIDE_BY_SIDE,
        ConvolutionAlgorithm.FASTEST,
        StandardOperators.table());
  }
}
