package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Convolutions over {@code [N, C, D1, ...]} with weights {@code [M, C / group, k1, ...]}. */
final class Convolution {
  private Convolution() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("Conv", 11, node -> convolve(node, 1, node.type(0))),
        new OperatorSpec("ConvTranspose", 11, Convolution::transposed),
        new OperatorSpec("DeformConv", 19, node -> convolve(node, 1, node.type(0))),
        new OperatorSpec("Col2Im", 18, Convolution::overlapBlocks),
        new OperatorSpec("ConvInteger", 10, node -> convolve(node, 1, ElementType.INT32)),
        new OperatorSpec("QLinearConv", 10, node -> convolve(node, 3, node.type(7))));
  }

  static void convolve(Inference node, int weightsAt, ElementType type) {
    Shape input = node.shape(0);
    Shape weights = node.shape(weightsAt);
    long group = group(node);
    Optional<long[]> kernel = kernel(node, weights);
    Dimension filters = weights.isRankKnown() ? weights.dimension(0) : Dimension.unknown();
    if (input.isRankKnown() && weights.isRankKnown()) {
      Axes.requireRank(node, "the input for weights " + weights, input, weights.rank());
      requireChannels(node, input, Axes.times(weights.dimension(1), group));
    }
    requireDivisible(node, filters, group);
    node.output(0, type, windowed(node, kernel, filters, false));
  }

  private static void transposed(Inference node) {
    Shape input = node.shape(0);
    Shape weights = node.shape(1);
    long group = group(node);
    Optional<long[]> kernel = kernel(node, weights);
    Dimension filters = Dimension.unknown();
    if (weights.isRankKnown()) {
      filters = Axes.times(weights.dimension(1), group);
      requireDivisible(node, weights.dimension(0), group);
      if (input.isRankKnown()) {
        Axes.requireRank(node, "the input for weights " + weights, input, weights.rank());
        requireChannels(node, input, weights.dimension(0));
      }
    }
    node.output(0, node.type(0), windowed(node, kernel, filters, true));
  }

  /** Input {@code [N, C * product(block), L]}, output {@code [N, C, image...]}. */
  private static void overlapBlocks(Inference node) {
    Shape input = node.shape(0);
    Axes.requireRank(node, "the input", input, 3);
    Optional<Tensor> image = node.constant(1);
    Optional<Tensor> block = node.constant(2);
    Dimension channels = Dimension.unknown();
    if (block.isPresent() && input.isRankKnown() && input.dimension(1).isKnown()) {
      long area = Axes.ofSizes(node, block.get().toLongs()).elements();
      if (area < 1 || input.size(1) % area != 0) {
        throw node.error("input %s does not hold blocks of %d elements".formatted(input, area));
      }
      channels = Dimension.of(input.size(1) / area);
    }
    if (image.isEmpty()) {
      node.output(0, node.type(0), Shape.unknown());
      return;
    }
    List<Dimension> sizes = new ArrayList<>();
    sizes.add(input.isRankKnown() ? input.dimension(0) : Dimension.unknown());
    sizes.add(channels);
    sizes.addAll(Axes.ofSizes(node, image.get().toLongs()).dimensions());
    node.output(0, node.type(0), Shape.of(sizes));
  }

  private static Shape windowed(
      Inference node, Optional<long[]> kernel, Dimension filters, boolean transposed) {
    Shape input = node.shape(0);
    if (!input.isRankKnown()) {
      return kernel
          .map(sizes -> Shape.ofRank(sizes.length + 2).with(1, filters))
          .orElse(Shape.unknown());
    }
    Axes.requireRankFrom(node, "the input", input, 3);
    if (kernel.isEmpty()) {
      return Shape.ofRank(input.rank()).with(0, input.dimension(0)).with(1, filters);
    }
    Window window =
        transposed
            ? Window.transposed(node.node(), input, kernel.get())
            : Window.of(node.node(), input, kernel.get());
    return window.output(input.dimension(0), filters);
  }

  /** From the attribute, or else the weights where their sizes are known. */
  private static Optional<long[]> kernel(Inference node, Shape weights) {
    Axes.requireRankFrom(node, "the weights", weights, 3);
    Optional<long[]> given = node.attributes().integers("kernel_shape").filter(k -> k.length > 0);
    if (!weights.isRankKnown()) {
      given.ifPresent(kernel -> Axes.requireLength(node, kernel.length));
      return given;
    }
    long[] sizes = Arrays.copyOfRange(weights.sizes(), 2, weights.rank());
    if (Arrays.stream(sizes).anyMatch(size -> size < 0)) {
      return given;
    }
    if (given.isPresent() && !Arrays.equals(given.get(), sizes)) {
      throw node.error(
          "kernel_shape %s differs from weights %s".formatted(Axes.text(given.get()), weights));
    }
    return Optional.of(sizes);
  }

  private static long group(Inference node) {
    long group = node.attributes().integer("group", 1);
    if (group < 1) {
      throw node.error("group should be at least 1, found " + group);
    }
    return group;
  }

  private static void requireChannels(Inference node, Shape input, Dimension expected) {
    Dimension channels = input.dimension(1);
    if (channels.isKnown() && expected.isKnown() && channels.size() != expected.size()) {
      throw node.error("the weights need %s channels, found input %s".formatted(expected, input));
    }
  }

  private static void requireDivisible(Inference node, Dimension channels, long group) {
    if (channels.isKnown() && channels.size() % group != 0) {
      throw node.error(channels + " channels of weights do not divide into " + group + " groups");
    }
  }
}
