package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Poolings over the spatial axes of {@code [N, C, D1, ...]}. */
final class Pooling {
  private Pooling() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("MaxPool", 12, Pooling::pool),
        new OperatorSpec("AveragePool", 19, Pooling::pool),
        new OperatorSpec("LpPool", 18, Pooling::pool),
        new OperatorSpec("GlobalMaxPool", 1, Pooling::global),
        new OperatorSpec("GlobalAveragePool", 1, Pooling::global),
        new OperatorSpec("GlobalLpPool", 2, Pooling::global),
        new OperatorSpec("MaxUnpool", 11, Pooling::unpool),
        new OperatorSpec("RoiAlign", 16, Pooling::alignRegions),
        new OperatorSpec("MaxRoiPool", 1, Pooling::poolRegions));
  }

  static void pool(Inference node) {
    Shape input = node.shape(0);
    long[] kernel = kernel(node);
    Shape shape =
        input.isRankKnown()
            ? Window.of(node.node(), input, kernel).output(input.dimension(0), input.dimension(1))
            : Shape.ofRank(kernel.length + 2);
    node.output(0, node.type(0), shape);
    node.output(1, ElementType.INT64, shape);
  }

  private static long[] kernel(Inference node) {
    long[] kernel = node.attributes().integers("kernel_shape").orElse(new long[0]);
    if (kernel.length == 0) {
      throw node.error("attribute \"kernel_shape\" is missing");
    }
    Axes.requireLength(node, kernel.length);
    return kernel;
  }

  private static void global(Inference node) {
    Shape shape = node.shape(0);
    Axes.requireRankFrom(node, "the input", shape, 2);
    if (shape.isRankKnown()) {
      for (int axis = 2; axis < shape.rank(); axis++) {
        shape = shape.with(axis, Dimension.of(1));
      }
    }
    node.output(0, node.type(0), shape);
  }

  /** Undoes a max pooling: {@code (input - 1) * stride + kernel - pads}, or the sizes given. */
  private static void unpool(Inference node) {
    Shape input = node.shape(0);
    long[] kernel = kernel(node);
    Axes.requireRank(node, "the input", input, kernel.length + 2);
    Optional<Tensor> sizes = node.constant(2);
    Shape shape = Shape.ofRank(kernel.length + 2);
    if (sizes.isPresent()) {
      shape = Axes.ofSizes(node, sizes.get().toLongs());
      Axes.requireRank(node, "output_shape", shape, kernel.length + 2);
    } else if (!node.has(2) && input.isRankKnown()) {
      shape =
          Window.transposed(node.node(), input, kernel)
              .output(input.dimension(0), input.dimension(1));
    }
    node.output(0, node.type(0), shape);
  }

  private static void alignRegions(Inference node) {
    regions(
        node,
        new long[] {
          node.attributes().integer("output_height", 1),
          node.attributes().integer("output_width", 1)
        });
  }

  private static void poolRegions(Inference node) {
    regions(node, node.attributes().integers("pooled_shape").orElse(new long[0]));
  }

  /** A picture {@code [regions, C, height, width]} a region. */
  private static void regions(Inference node, long[] sizes) {
    if (sizes.length != 2 || Arrays.stream(sizes).anyMatch(size -> size < 1)) {
      throw node.error("expected two positive output sizes, found " + Axes.text(sizes));
    }
    Shape input = node.shape(0);
    Shape regions = node.shape(1);
    Axes.requireRank(node, "the input", input, 4);
    Axes.requireRank(node, "the regions", regions, 2);
    Dimension count = regions.isRankKnown() ? regions.dimension(0) : Dimension.unknown();
    Dimension channels = input.isRankKnown() ? input.dimension(1) : Dimension.unknown();
    node.output(
        0,
        node.type(0),
        Shape.of(List.of(count, channels, Dimension.of(sizes[0]), Dimension.of(sizes[1]))));
  }
}
