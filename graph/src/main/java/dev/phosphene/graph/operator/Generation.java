package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Operators that make values from sizes, and sizes from values. */
final class Generation {
  private Generation() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("Shape", 21, Generation::shape),
        new OperatorSpec("Size", 21, node -> node.output(0, ElementType.INT64, Shape.scalar())),
        new OperatorSpec("Constant", 21, Generation::constant),
        new OperatorSpec("ConstantOfShape", 21, Generation::constantOfShape),
        new OperatorSpec("Range", 11, Generation::range),
        new OperatorSpec("EyeLike", 9, Generation::like),
        new OperatorSpec("RandomNormalLike", 1, Generation::like),
        new OperatorSpec("RandomUniformLike", 1, Generation::like),
        new OperatorSpec("Bernoulli", 15, Generation::like),
        new OperatorSpec("RandomNormal", 1, Generation::random),
        new OperatorSpec("RandomUniform", 1, Generation::random));
  }

  private static void shape(Inference node) {
    Shape shape = node.shape(0);
    Dimension length = Dimension.unknown();
    if (shape.isRankKnown()) {
      int rank = shape.rank();
      long start = clamped(node.attributes().integer("start", 0), rank);
      long end = clamped(node.attributes().integer("end", rank), rank);
      length = Dimension.of(Math.max(0, end - start));
    }
    node.output(0, ElementType.INT64, Shape.of(List.of(length)));
  }

  /** An index into axes that may count from the last, moved into their range. */
  static long clamped(long index, int rank) {
    return Math.min(Math.max(index < 0 ? index + rank : index, 0), rank);
  }

  private static void constant(Inference node) {
    node.attributes()
        .tensor("value")
        .ifPresent(value -> node.output(0, value.type(), value.shape()));
  }

  private static void constantOfShape(Inference node) {
    ElementType type =
        node.attributes().tensor("value").map(Tensor::type).orElse(ElementType.FLOAT32);
    Shape shape =
        node.constant(0)
            .map(sizes -> Axes.ofSizes(node, sizes.toLongs()))
            .orElseGet(() -> Axes.ofVectorLength(node, node.shape(0)));
    node.output(0, type, shape);
  }

  private static void range(Inference node) {
    Optional<Tensor> start = node.constant(0);
    Optional<Tensor> limit = node.constant(1);
    Optional<Tensor> step = node.constant(2);
    Dimension length = Dimension.unknown();
    if (start.isPresent() && limit.isPresent() && step.isPresent()) {
      length = Dimension.of(rangeLength(node, start.get(), limit.get(), step.get()));
    }
    node.output(0, node.type(0), Shape.of(List.of(length)));
  }

  private static long rangeLength(Inference node, Tensor start, Tensor limit, Tensor step) {
    if (start.elements() != 1 || limit.elements() != 1 || step.elements() != 1) {
      throw node.error("start, limit and delta should be scalars");
    }
    if (step.getDouble(0) == 0) {
      throw node.error("delta must not be 0");
    }
    return rangeLength(start, limit, step);
  }

  /**
   * {@code max(0, ceil((limit - start) / delta))}.
   *
   * @throws ArithmeticException where it does not fit a long
   */
  static long rangeLength(Tensor start, Tensor limit, Tensor step) {
    if (!start.type().isFloating()) {
      long distance = Math.subtractExact(limit.getLong(0), start.getLong(0));
      long stride = step.getLong(0);
      boolean empty = stride > 0 ? distance <= 0 : distance >= 0;
      return empty ? 0 : distance / stride + (distance % stride == 0 ? 0 : 1);
    }
    double length = Math.ceil((limit.getDouble(0) - start.getDouble(0)) / step.getDouble(0));
    if (!(length < Long.MAX_VALUE)) {
      throw new ArithmeticException("A range of " + length + " elements");
    }
    return Math.max(0, (long) length);
  }

  private static void like(Inference node) {
    node.output(0, Casting.type(node, "dtype", node.type(0)), node.shape(0));
  }

  private static void random(Inference node) {
    long[] sizes =
        node.attributes()
            .integers("shape")
            .orElseThrow(() -> node.error("attribute \"shape\" is missing"));
    node.output(0, Casting.type(node, "dtype", ElementType.FLOAT32), Axes.ofSizes(node, sizes));
  }
}
