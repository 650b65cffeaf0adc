package dev.phosphene.graph.operator;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Inference;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Operators that make values from sizes, and sizes from values. */
final class Generation {
  private Generation() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("Shape", 21, Generation::shape, Generation::shapeOf),
        new OperatorSpec("Size", 21, Generation::size, Generation::sizeOf),
        Folding.spec("Constant", 21, Generation::constant, Generation::content),
        Folding.spec("ConstantOfShape", 21, Generation::constantOfShape, Generation::filled),
        Folding.spec("Range", 11, Generation::range, Generation::rangeOf),
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

  private static List<Tensor> shapeOf(Node node, List<Optional<Tensor>> inputs) {
    if (inputs.isEmpty() || inputs.get(0).isEmpty()) {
      return List.of();
    }
    long[] sizes = inputs.get(0).get().sizes();
    int start = (int) clamped(node.attributes().integer("start", 0), sizes.length);
    int end = (int) clamped(node.attributes().integer("end", sizes.length), sizes.length);
    return List.of(Tensor.vector(Arrays.copyOfRange(sizes, start, Math.max(start, end))));
  }

  private static void size(Inference node) {
    node.output(0, ElementType.INT64, Shape.scalar());
  }

  private static List<Tensor> sizeOf(Node node, List<Optional<Tensor>> inputs) {
    return inputs.stream()
        .limit(1)
        .flatMap(Optional::stream)
        .map(tensor -> Tensor.scalar((long) tensor.elements()))
        .toList();
  }

  private static void constant(Inference node) {
    constant(node.attributes()).ifPresent(value -> node.output(0, value.type(), value.shape()));
  }

  /** The number or numbers that one of the attributes of Constant holds; never text. */
  private static Optional<Tensor> constant(Attributes attributes) {
    if (attributes.has("value_int")) {
      return Optional.of(Tensor.scalar(attributes.integer("value_int", 0)));
    } else if (attributes.has("value_float")) {
      return Optional.of(Tensor.scalar(attributes.real("value_float", 0)));
    }
    return attributes
        .tensor("value")
        .or(() -> attributes.integers("value_ints").map(Tensor::vector))
        .or(() -> attributes.reals("value_floats").map(values -> Tensor.of(values, values.length)));
  }

  private static Tensor content(Folding node) {
    return constant(node.attributes()).orElseThrow();
  }

  private static Tensor filled(Folding node) {
    Tensor value = node.attributes().tensor("value").orElse(Tensor.scalar(0f));
    return value.select(new int[node.elements()], node.sizes());
  }

  private static Tensor rangeOf(Folding node) {
    if (node.type().isFloating()) {
      double first = node.input(0).getDouble(0);
      double step = node.input(2).getDouble(0);
      double[] elements = new double[node.elements()];
      Arrays.setAll(elements, i -> first + i * step);
      return node.result(elements);
    }
    long first = node.input(0).getLong(0);
    long step = node.input(2).getLong(0);
    long[] elements = new long[node.elements()];
    Arrays.setAll(elements, i -> first + i * step);
    return node.result(elements);
  }

  private static void constantOfShape(Inference node) {
    Optional<Tensor> value = node.attributes().tensor("value");
    if (value.isPresent() && value.get().elements() != 1) {
      throw node.error("attribute \"value\" should have one element, found " + value.get());
    }
    ElementType type = value.map(Tensor::type).orElse(ElementType.FLOAT32);
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
