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
import java.util.stream.IntStream;

/** Operators that combine elements along axes. */
final class Reduction {
  private Reduction() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec(
            "ReduceSum", 13, Reduction::reduce, Accumulation.reduce(0, Long::sum, 0, Double::sum)),
        Folding.spec("ReduceMean", 18, Reduction::reduce, Accumulation::mean),
        Folding.spec(
            "ReduceProd",
            18,
            Reduction::reduce,
            Accumulation.reduce(1, (a, b) -> a * b, 1, (a, b) -> a * b)),
        Folding.spec(
            "ReduceMax", 20, Reduction::reduce, Accumulation.extreme(Math::max, Math::max)),
        Folding.spec(
            "ReduceMin", 20, Reduction::reduce, Accumulation.extreme(Math::min, Math::min)),
        new OperatorSpec("ReduceL1", 18, Reduction::reduce),
        new OperatorSpec("ReduceL2", 18, Reduction::reduce),
        new OperatorSpec("ReduceLogSum", 18, Reduction::reduce),
        new OperatorSpec("ReduceLogSumExp", 18, Reduction::reduce),
        new OperatorSpec("ReduceSumSquare", 18, Reduction::reduce),
        new OperatorSpec("ArgMax", 13, Reduction::argument),
        new OperatorSpec("ArgMin", 13, Reduction::argument),
        Folding.spec(
            "CumSum", 14, Reduction::cumulate, Accumulation.cumulate(Long::sum, Double::sum, 0)),
        Folding.spec(
            "CumProd",
            26,
            Reduction::cumulate,
            Accumulation.cumulate((a, b) -> a * b, (a, b) -> a * b, 1)));
  }

  private static void reduce(Inference node) {
    node.output(0, node.type(0), reduced(node));
  }

  private static Shape reduced(Inference node) {
    Shape shape = node.shape(0);
    if (!shape.isRankKnown()) {
      return shape;
    }
    boolean keep = node.attributes().flag("keepdims", true);
    Optional<Tensor> constant = node.constant(1);
    if (node.has(1) && constant.isEmpty()) {
      return reducedAlongUnknown(node, shape, keep);
    }
    long[] axes = constant.map(Tensor::toLongs).orElse(new long[0]);
    if (axes.length > 0) {
      return along(shape, keep, Axes.normalize(node, axes, shape.rank()));
    }
    boolean nothing = node.attributes().flag("noop_with_empty_axes", false);
    return nothing ? shape : along(shape, keep, IntStream.range(0, shape.rank()).toArray());
  }

  private static Shape reducedAlongUnknown(Inference node, Shape shape, boolean keep) {
    if (keep) {
      return Shape.ofRank(shape.rank());
    }
    Shape axes = node.shape(1);
    // An empty list of axes means all of them or none, so only a longer one tells the rank.
    boolean counted = axes.isStatic() && axes.rank() == 1 && axes.size(0) > 0;
    return counted && axes.size(0) <= shape.rank()
        ? Shape.ofRank(shape.rank() - (int) axes.size(0))
        : Shape.unknown();
  }

  private static Shape along(Shape shape, boolean keep, int[] axes) {
    List<Dimension> sizes = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      int current = axis;
      if (Arrays.stream(axes).noneMatch(reduced -> reduced == current)) {
        sizes.add(shape.dimension(axis));
      } else if (keep) {
        sizes.add(Dimension.of(1));
      }
    }
    return Shape.of(sizes);
  }

  private static void argument(Inference node) {
    Shape shape = node.shape(0);
    if (shape.isRankKnown()) {
      int axis = Axes.normalize(node, node.attributes().integer("axis", 0), shape.rank());
      shape = along(shape, node.attributes().flag("keepdims", true), new int[] {axis});
    }
    node.output(0, ElementType.INT64, shape);
  }

  private static void cumulate(Inference node) {
    Shape shape = node.shape(0);
    Optional<Tensor> axis = node.constant(1);
    if (axis.isPresent() && shape.isRankKnown()) {
      if (axis.get().elements() != 1) {
        throw node.error("expected one axis, found a tensor " + axis.get());
      }
      Axes.normalize(node, axis.get().getLong(0), shape.rank());
    }
    node.output(0, node.type(0), shape);
  }
}
