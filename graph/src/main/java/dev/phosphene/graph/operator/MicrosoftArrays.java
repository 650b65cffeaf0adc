package dev.phosphene.graph.operator;

import static dev.phosphene.graph.operator.Microsoft.spec;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Operators of ONNX Runtime's own domain on matrices, pictures and slices. */
final class MicrosoftArrays {
  private MicrosoftArrays() {}

  static List<OperatorSpec> specs() {
    return List.of(
        spec("Inverse", MicrosoftArrays::invert),
        spec("CDist", MicrosoftArrays::distances),
        spec("CropAndResize", MicrosoftArrays::crop),
        spec("UnfoldTensor", MicrosoftArrays::unfold));
  }

  private static void invert(Inference node) {
    Shape shape = node.shape(0);
    Axes.requireRankFrom(node, "the input", shape, 2);
    if (shape.isRankKnown()) {
      Axes.unify(node, "rows and columns", shape.dimension(-2), shape.dimension(-1));
    }
    node.output(0, node.type(0), shape);
  }

  /** Rows {@code [M, N]} and {@code [K, N]} give {@code [M, K]}. */
  private static void distances(Inference node) {
    Shape a = node.shape(0);
    Shape b = node.shape(1);
    Axes.requireRank(node, "A", a, 2);
    Axes.requireRank(node, "B", b, 2);
    Dimension rows = a.isRankKnown() ? a.dimension(0) : Dimension.unknown();
    Dimension columns = b.isRankKnown() ? b.dimension(0) : Dimension.unknown();
    if (a.isRankKnown() && b.isRankKnown()) {
      Axes.unify(node, "lengths of rows", a.dimension(1), b.dimension(1));
    }
    node.output(0, node.type(0), Shape.of(List.of(rows, columns)));
  }

  /** Pictures {@code [N, C, H, W]} and boxes {@code [R, 4]} give {@code [R, C, height, width]}. */
  private static void crop(Inference node) {
    Shape image = node.shape(0);
    Shape boxes = node.shape(1);
    Axes.requireRank(node, "the pictures", image, 4);
    Axes.requireRank(node, "the boxes", boxes, 2);
    if (boxes.isRankKnown() && boxes.dimension(1).isKnown() && boxes.size(1) != 4) {
      throw node.error("expected boxes of 4 numbers, found " + boxes);
    }
    Dimension count = boxes.isRankKnown() ? boxes.dimension(0) : Dimension.unknown();
    Dimension channels = image.isRankKnown() ? image.dimension(1) : Dimension.unknown();
    Dimension height = Dimension.unknown();
    Dimension width = Dimension.unknown();
    Optional<Tensor> size = node.constant(3);
    if (size.isPresent()) {
      long[] sizes = size.get().toLongs();
      if (sizes.length != 2 || Arrays.stream(sizes).anyMatch(each -> each < 1)) {
        throw node.error("crop_size should be two positive sizes, found " + Axes.text(sizes));
      }
      height = Dimension.of(sizes[0]);
      width = Dimension.of(sizes[1]);
    }
    node.output(0, node.type(0), Shape.of(List.of(count, channels, height, width)));
  }

  /** Slices along an axis, of which each gets its size as a last axis. */
  private static void unfold(Inference node) {
    Shape input = node.shape(0);
    long size = node.attributes().integer("size", 0);
    long step = node.attributes().integer("step", 1);
    if (size < 1 || step < 1) {
      throw node.error("size and step should be at least 1, found %d and %d".formatted(size, step));
    }
    if (!input.isRankKnown()) {
      node.output(0, node.type(0), Shape.unknown());
      return;
    }
    Axes.requireRankFrom(node, "the input", input, 1);
    int axis = Axes.normalize(node, node.attributes().integer("dim", -1), input.rank());
    List<Dimension> sizes = new ArrayList<>(input.dimensions());
    Dimension along = sizes.get(axis);
    if (along.isKnown()) {
      if (along.size() < size) {
        throw node.error("slices of %d do not fit into input %s".formatted(size, input));
      }
      sizes.set(axis, Dimension.of((along.size() - size) / step + 1));
    }
    sizes.add(Dimension.of(size));
    node.output(0, node.type(0), Shape.of(sizes));
  }
}
