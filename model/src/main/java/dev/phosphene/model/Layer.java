package dev.phosphene.model;

import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A part of a model that a user can point at.
 *
 * @param index as the model's author counts layers; {@link #UNLISTED} for a layer within another
 *     one that has the index, and for a value or container that can be named but is not in the
 *     table
 * @param name as the user's own code calls it, as far as the file tells: {@code layer1.0.conv1}
 * @param kind operator that characterizes it, such as {@code Conv}
 * @param output name of the graph's value that leaves it
 * @param shape of that value, unknown and symbolic sizes included
 * @param filterAxis axis along which filters lie: channels, or units of a dense layer; empty where
 *     there is none
 * @param filters number of filters; empty where there are none or the number is not known
 * @param parameters number of weights, each counted in the first layer that uses it
 * @param tokens how its tokens lie over the input; empty where they do not, or it has none
 * @param heads number of heads of an attention that the axis of filters joins, each of which is
 *     taken for a filter; empty where filters are what that axis counts
 */
public record Layer(
    int index,
    String name,
    String kind,
    String output,
    Shape shape,
    OptionalInt filterAxis,
    OptionalLong filters,
    long parameters,
    Optional<TokenGrid> tokens,
    OptionalInt heads) {
  /** Index of what can be named but is not counted. */
  public static final int UNLISTED = -1;

  /** The same layer with more known of its shape. */
  Layer withShape(Shape known) {
    OptionalLong counted = heads.isPresent() ? filters : size(known, filterAxis);
    return new Layer(
        index,
        name,
        kind,
        output,
        known,
        filterAxis,
        counted.isPresent() ? counted : filters,
        parameters,
        tokens,
        heads);
  }

  private static OptionalLong size(Shape shape, OptionalInt axis) {
    return axis.isPresent()
            && shape.isRankKnown()
            && axis.getAsInt() < shape.rank()
            && shape.dimension(axis.getAsInt()).isKnown()
        ? OptionalLong.of(shape.size(axis.getAsInt()))
        : OptionalLong.empty();
  }

  /**
   * A layer of a graph, with what follows from its value.
   *
   * @param filterAxis as {@link #filterAxis()}; an axis that the value does not have counts nothing
   */
  static Layer of(
      int index,
      String name,
      String kind,
      Value value,
      OptionalInt filterAxis,
      long parameters,
      Optional<TokenGrid> tokens) {
    Shape shape = value.shape();
    return new Layer(
        index,
        name,
        kind,
        value.name(),
        shape,
        filterAxis,
        size(shape, filterAxis),
        parameters,
        tokens.filter(grid -> filterAxis.isEmpty() || grid.axis() != filterAxis.getAsInt()),
        OptionalInt.empty());
  }

  Layer withKind(String other) {
    return new Layer(
        index, name, other, output, shape, filterAxis, filters, parameters, tokens, heads);
  }

  /** A layer within another one: the heads of its attention. */
  static Layer ofHeads(String name, Value value, AttentionHeads.Heads heads, TokenGrids grids) {
    Layer layer =
        of(UNLISTED, name, "Heads", value, OptionalInt.of(heads.axis()), 0, grids.of(value.name()));
    return heads.joined().isEmpty() ? layer : layer.withHeads(heads.joined().getAsInt());
  }

  private Layer withHeads(int count) {
    return new Layer(
        index,
        name,
        kind,
        output,
        shape,
        filterAxis,
        OptionalLong.of(count),
        parameters,
        tokens,
        OptionalInt.of(count));
  }
}
