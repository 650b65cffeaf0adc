package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A formula over activations and images, as losses are written in: {@code
 * scene.layer("conv5").filter(17).mean()}.
 *
 * <p>Each method adds its operator to the graph of the step, so that the gradient of whatever is
 * written follows from it. The first axis counts pictures and is never reduced: {@code mean()} and
 * its like give {@code [N]}, one number a picture, which is what a {@link Loss} has to be in the
 * end.
 */
public final class Expression {
  private final Emitter graph;
  private final Value value;
  private final OptionalInt filterAxis;
  private final @Nullable Expression specialTokens;

  private Expression(Emitter graph, Value value, OptionalInt filterAxis) {
    this(graph, value, filterAxis, null);
  }

  private Expression(
      Emitter graph, Value value, OptionalInt filterAxis, @Nullable Expression specialTokens) {
    this.graph = graph;
    this.value = value;
    this.filterAxis = filterAxis;
    this.specialTokens = specialTokens;
  }

  /** An expression over any value of a graph; it has no filters to choose from. */
  public static Expression of(Emitter graph, Value value) {
    return new Expression(graph, value, OptionalInt.empty());
  }

  /** An expression over an activation. */
  public static Expression of(Emitter graph, Value value, int filterAxis) {
    return new Expression(graph, value, OptionalInt.of(filterAxis));
  }

  /** This with the tokens beside it that lie nowhere on the input. */
  public Expression withSpecialTokens(Expression tokens) {
    return new Expression(graph, value, filterAxis, tokens);
  }

  /**
   * The tokens of a transformer's layer that lie nowhere on the input, such as its class token:
   * {@code [N, tokens, filters]}, the class token first where there is one.
   *
   * @throws PhospheneException where this is not the output of a layer with such tokens
   */
  public Expression specialTokens() {
    if (specialTokens == null) {
      throw new PhospheneException(
          "%s has no tokens apart from its positions, such as a class token".formatted(shape()));
    }
    return specialTokens;
  }

  /**
   * Given numbers in the place of this, such as the features of a photo.
   *
   * @param numbers in the shape of this, with one element along the axis of pictures
   * @throws PhospheneException where they have another shape
   */
  public Expression constant(Tensor numbers) {
    Shape expected = value.shape().with(0, Dimension.of(1));
    if (!numbers.shape().equals(expected)) {
      throw new PhospheneException(
          "Features should have the shape %s, found %s".formatted(expected, numbers.shape()));
    }
    return with(graph.constant(numbers.as(value.type())));
  }

  /** The graph that this writes into. */
  Emitter graph() {
    return graph;
  }

  /** The value of the graph that this stands for. */
  public Value value() {
    return value;
  }

  /** Its sizes; the first counts pictures. */
  public Shape shape() {
    return value.shape();
  }

  /** The axis that counts filters, channels or units; empty where there is none any more. */
  public OptionalInt filterAxis() {
    return filterAxis;
  }

  /**
   * One filter, channel or unit.
   *
   * @return as this, without the axis of filters
   * @throws PhospheneException where there is no such filter
   */
  public Expression filter(int index) {
    int axis = requireFilterAxis();
    requireWithin("filter", index, value.size(axis));
    return of(graph, graph.squeeze(graph.slice(value, axis, index, index + 1), axis));
  }

  /** Several filters, channels or units, in this order; the axis of filters stays. */
  public Expression filters(int... indices) {
    int axis = requireFilterAxis();
    if (indices.length == 0) {
      throw new PhospheneException("No filter was chosen; choose one or more with filters(...)");
    }
    Arrays.stream(indices).forEach(index -> requireWithin("filter", index, value.size(axis)));
    Value chosen =
        graph.apply(
            "Gather",
            Attributes.of("axis", axis),
            value,
            graph.integers(Arrays.stream(indices).asLongStream().toArray()));
    return new Expression(graph, chosen, filterAxis);
  }

  /**
   * What is at one position: a neuron of a convolution.
   *
   * @param position an index for each axis that counts neither pictures nor filters
   * @return as this, without those axes
   * @throws PhospheneException where the position is outside, or has another number of axes
   */
  public Expression at(int... position) {
    int[] axes = positionAxes();
    if (position.length != axes.length) {
      throw new PhospheneException(
          "A position in %s should have %d numbers, found %s"
              .formatted(value.shape(), axes.length, Arrays.toString(position)));
    }
    Value part = value;
    for (int i = 0; i < axes.length; i++) {
      requireWithin("position", position[i], value.size(axes[i]));
      part = graph.slice(part, axes[i], position[i], position[i] + 1);
    }
    return without(part, axes);
  }

  /** What is at the middle of all axes that count neither pictures nor filters. */
  public Expression centre() {
    return at(Arrays.stream(positionAxes()).map(axis -> (int) value.size(axis) / 2).toArray());
  }

  /** The mean over all axes but that of pictures: {@code [N]}. */
  public Expression mean() {
    return reduced("ReduceMean");
  }

  /** The sum over all axes but that of pictures: {@code [N]}. */
  public Expression sum() {
    return reduced("ReduceSum");
  }

  /** The largest element of each picture: {@code [N]}. */
  public Expression maximum() {
    return reduced("ReduceMax");
  }

  /** The smallest element of each picture: {@code [N]}. */
  public Expression minimum() {
    return reduced("ReduceMin");
  }

  /**
   * The mean over positions: {@code [N, filters]}, or {@code [N]} where one filter was chosen
   * before.
   */
  public Expression meanOverPositions() {
    int[] axes = positionAxes();
    return axes.length == 0
        ? this
        : without(
            graph.reduceMean(value, true, Arrays.stream(axes).asLongStream().toArray()), axes);
  }

  /**
   * The product with a direction, summed over filters: how much of a pattern of filters is there.
   *
   * @param direction {@code [filters]}
   * @return as this, without the axis of filters
   */
  public Expression dot(Tensor direction) {
    int axis = requireFilterAxis();
    if (direction.rank() != 1 || direction.elements() != value.size(axis)) {
      throw new PhospheneException(
          "A direction over %d filters should have the shape [%d], found %s"
              .formatted(value.size(axis), value.size(axis), direction.shape()));
    }
    long[] sizes = new long[value.rank()];
    Arrays.fill(sizes, 1);
    sizes[axis] = value.size(axis);
    Value factors = graph.constant(direction.as(value.type()).reshaped(sizes));
    return of(graph, graph.reduceSum(graph.multiply(value, factors), false, axis));
  }

  public Expression plus(Expression other) {
    return binary("Add", other);
  }

  public Expression plus(double number) {
    return with(graph.add(value, number));
  }

  public Expression minus(Expression other) {
    return binary("Sub", other);
  }

  public Expression minus(double number) {
    return plus(-number);
  }

  public Expression times(Expression other) {
    return binary("Mul", other);
  }

  public Expression times(double number) {
    return with(graph.multiply(value, number));
  }

  public Expression dividedBy(Expression other) {
    return binary("Div", other);
  }

  public Expression negative() {
    return with(graph.negate(value));
  }

  public Expression absolute() {
    return with(graph.absolute(value));
  }

  public Expression square() {
    return with(graph.square(value));
  }

  public Expression squareRoot() {
    return with(graph.squareRoot(value));
  }

  public Expression power(double exponent) {
    return with(graph.power(value, exponent));
  }

  public Expression exponential() {
    return with(graph.exponential(value));
  }

  public Expression logarithm() {
    return with(graph.logarithm(value));
  }

  public Expression sigmoid() {
    return with(graph.sigmoid(value));
  }

  /** Negative elements become 0. */
  public Expression relu() {
    return with(graph.apply("Relu", value));
  }

  private Expression with(Value result) {
    return new Expression(graph, result, filterAxis);
  }

  private Expression reduced(String operator) {
    return value.rank() == 1
        ? this
        : of(graph, graph.reduce(operator, value, false, graph.axesFrom(value, 1)));
  }

  /** Numbers a picture take part in arithmetic with everything of that picture. */
  private Expression binary(String operator, Expression other) {
    boolean ofThis = value.rank() >= other.value.rank();
    int rank = ofThis ? value.rank() : other.value.rank();
    Value result = graph.apply(operator, spread(rank), other.spread(rank));
    return new Expression(graph, result, ofThis ? filterAxis : other.filterAxis);
  }

  private Value spread(int rank) {
    if (value.rank() == rank) {
      return value;
    }
    if (value.rank() != 1) {
      throw new PhospheneException(
          "%s and an expression of %d axes do not go together; reduce one of them with mean() or sum() first"
              .formatted(value.shape(), rank));
    }
    long[] sizes = new long[rank];
    Arrays.fill(sizes, 1);
    sizes[0] = value.size(0);
    return graph.reshape(value, sizes);
  }

  private int[] positionAxes() {
    return IntStream.range(1, value.rank())
        .filter(axis -> filterAxis.isEmpty() || axis != filterAxis.getAsInt())
        .toArray();
  }

  /** Removes axes of size 1. */
  private Expression without(Value part, int[] axes) {
    Value squeezed = graph.squeeze(part, Arrays.stream(axes).asLongStream().toArray());
    if (filterAxis.isEmpty()) {
      return of(graph, squeezed);
    }
    int axis = filterAxis.getAsInt();
    return of(graph, squeezed, axis - (int) Arrays.stream(axes).filter(a -> a < axis).count());
  }

  private int requireFilterAxis() {
    return filterAxis.orElseThrow(
        () ->
            new PhospheneException(
                "%s has no axis of filters to choose from".formatted(value.shape())));
  }

  private static void requireWithin(String what, int index, long size) {
    if (index < 0 || index >= size) {
      throw new PhospheneException(
          "There is no %s %d; expected 0 to %d".formatted(what, index, size - 1));
    }
  }
}
