package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Operators that give the same elements, or copies of them, other axes. */
final class Reshaping {
  private Reshaping() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec("Reshape", 21, Reshaping::reshape, Rearrangement::reshape),
        Folding.spec("Flatten", 21, Reshaping::flatten, Rearrangement::reshape),
        Folding.spec("Transpose", 21, Reshaping::transpose, Rearrangement::transpose),
        Folding.spec("Squeeze", 21, Reshaping::squeeze, Rearrangement::reshape),
        Folding.spec("Unsqueeze", 21, Reshaping::unsqueeze, Rearrangement::reshape),
        Folding.spec("Expand", 13, Reshaping::expand, Rearrangement::expand),
        Folding.spec("Tile", 13, Reshaping::tile, Rearrangement::tile),
        new OperatorSpec("DepthToSpace", 13, Reshaping::depthToSpace),
        new OperatorSpec("SpaceToDepth", 13, Reshaping::spaceToDepth));
  }

  private static void reshape(Inference node) {
    Optional<Tensor> sizes = node.constant(1);
    Shape shape =
        sizes.isPresent()
            ? new ReshapeTarget(node, node.shape(0), sizes.get().toLongs()).resolve()
            : Axes.ofVectorLength(node, node.shape(1));
    node.output(0, node.type(0), shape);
  }

  private static void flatten(Inference node) {
    Shape shape = node.shape(0);
    if (shape.isRankKnown()) {
      long axis = node.attributes().integer("axis", 1);
      int first = axis == shape.rank() ? shape.rank() : Axes.normalize(node, axis, shape.rank());
      List<Dimension> sizes = shape.dimensions();
      shape =
          Shape.of(
              List.of(
                  Axes.product(sizes.subList(0, first)),
                  Axes.product(sizes.subList(first, sizes.size()))));
    } else {
      shape = Shape.ofRank(2);
    }
    node.output(0, node.type(0), shape);
  }

  private static void transpose(Inference node) {
    Shape shape = node.shape(0);
    Optional<long[]> permutation = node.attributes().integers("perm");
    if (permutation.isPresent() && Arrays.stream(permutation.get()).anyMatch(axis -> axis < 0)) {
      // ONNX Runtime does not take it either, unlike negative axes of other operators.
      throw node.error("perm should count axes from 0, found " + Axes.text(permutation.get()));
    }
    if (shape.isRankKnown()) {
      List<Dimension> sizes = new ArrayList<>();
      for (int axis : permutation(node, permutation, shape.rank())) {
        sizes.add(shape.dimension(axis));
      }
      shape = Shape.of(sizes);
    } else if (permutation.isPresent()) {
      Axes.requireLength(node, permutation.get().length);
      shape = Shape.ofRank(permutation.get().length);
    }
    node.output(0, node.type(0), shape);
  }

  private static int[] permutation(Inference node, Optional<long[]> given, int rank) {
    if (given.isEmpty()) {
      int[] reversed = new int[rank];
      Arrays.setAll(reversed, i -> rank - 1 - i);
      return reversed;
    }
    if (given.get().length != rank) {
      throw node.error(
          "perm %s does not fit shape %s".formatted(Axes.text(given.get()), node.shape(0)));
    }
    return Axes.normalize(node, given.get(), rank);
  }

  private static void squeeze(Inference node) {
    Shape shape = node.shape(0);
    Optional<Tensor> axes = node.constant(1);
    if (!shape.isRankKnown() || (node.has(1) && axes.isEmpty())) {
      node.output(0, node.type(0), Shape.unknown());
      return;
    }
    boolean[] removed = new boolean[shape.rank()];
    if (axes.isPresent()) {
      for (int axis : Axes.normalize(node, axes.get().toLongs(), shape.rank())) {
        if (shape.dimension(axis).isKnown() && shape.size(axis) != 1) {
          throw node.error("axis %d of %s is not of size 1".formatted(axis, shape));
        }
        removed[axis] = true;
      }
    } else if (shape.isStatic()) {
      for (int axis = 0; axis < removed.length; axis++) {
        removed[axis] = shape.size(axis) == 1;
      }
    } else {
      node.output(0, node.type(0), Shape.unknown());
      return;
    }
    List<Dimension> sizes = new ArrayList<>();
    for (int axis = 0; axis < removed.length; axis++) {
      if (!removed[axis]) {
        sizes.add(shape.dimension(axis));
      }
    }
    node.output(0, node.type(0), Shape.of(sizes));
  }

  private static void unsqueeze(Inference node) {
    Shape shape = node.shape(0);
    Optional<Tensor> axes = node.constant(1);
    Shape result = Shape.unknown();
    if (shape.isRankKnown() && axes.isPresent()) {
      Axes.requireLength(node, shape.rank() + (long) axes.get().elements());
      int rank = shape.rank() + axes.get().elements();
      boolean[] added = new boolean[rank];
      for (int axis : Axes.normalize(node, axes.get().toLongs(), rank)) {
        added[axis] = true;
      }
      List<Dimension> sizes = new ArrayList<>();
      int next = 0;
      for (boolean one : added) {
        sizes.add(one ? Dimension.of(1) : shape.dimension(next++));
      }
      result = Shape.of(sizes);
    } else if (shape.isRankKnown() && node.shape(1).isStatic()) {
      long rank = Math.addExact(shape.rank(), node.shape(1).elements());
      Axes.requireLength(node, rank);
      result = Shape.ofRank((int) rank);
    }
    node.output(0, node.type(0), result);
  }

  private static void expand(Inference node) {
    Optional<Tensor> sizes = node.constant(1);
    Shape target =
        sizes.isPresent()
            ? Axes.ofSizes(node, sizes.get().toLongs())
            : Axes.ofVectorLength(node, node.shape(1));
    Shape shape = Broadcasting.broadcast(node, node.shape(0), target);
    node.output(0, node.type(0), shape);
  }

  private static void tile(Inference node) {
    Shape shape = node.shape(0);
    Optional<Tensor> repeats = node.constant(1);
    if (repeats.isEmpty()) {
      Shape other = Axes.ofVectorLength(node, node.shape(1));
      node.output(0, node.type(0), shape.isRankKnown() ? Shape.ofRank(shape.rank()) : other);
      return;
    }
    Shape factors = Axes.ofSizes(node, repeats.get().toLongs());
    Axes.requireRank(node, "the input for repeats " + factors, shape, factors.rank());
    if (!shape.isRankKnown()) {
      node.output(0, node.type(0), Shape.ofRank(factors.rank()));
      return;
    }
    List<Dimension> sizes = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      sizes.add(Axes.times(shape.dimension(axis), factors.size(axis)));
    }
    node.output(0, node.type(0), Shape.of(sizes));
  }

  private static void depthToSpace(Inference node) {
    long block = block(node);
    Shape shape = node.shape(0);
    node.output(
        0,
        node.type(0),
        Shape.of(
            List.of(
                size(shape, 0),
                divided(node, size(shape, 1), Math.multiplyExact(block, block)),
                Axes.times(size(shape, 2), block),
                Axes.times(size(shape, 3), block))));
  }

  private static void spaceToDepth(Inference node) {
    long block = block(node);
    Shape shape = node.shape(0);
    node.output(
        0,
        node.type(0),
        Shape.of(
            List.of(
                size(shape, 0),
                Axes.times(size(shape, 1), Math.multiplyExact(block, block)),
                divided(node, size(shape, 2), block),
                divided(node, size(shape, 3), block))));
  }

  private static long block(Inference node) {
    long block = node.attributes().integer("blocksize", 0);
    if (block < 1) {
      throw node.error("blocksize should be at least 1, found " + block);
    }
    Axes.requireRank(node, "the input", node.shape(0), 4);
    return block;
  }

  private static Dimension size(Shape shape, int axis) {
    return shape.isRankKnown() ? shape.dimension(axis) : Dimension.unknown();
  }

  private static Dimension divided(Inference node, Dimension size, long divisor) {
    if (!size.isKnown()) {
      return divisor == 1 ? size : Dimension.unknown();
    }
    if (size.size() % divisor != 0) {
      throw node.error(
          "shape %s does not divide into blocks: %s by %d".formatted(node.shape(0), size, divisor));
    }
    return Dimension.of(size.size() / divisor);
  }
}
