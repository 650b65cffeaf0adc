package dev.phosphene.visualize;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.model.Layer;
import dev.phosphene.model.TokenGrid;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.visualize.loss.Expression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/**
 * A layer's value as losses and people see it: {@code [N, ...]} with an axis of filters and axes of
 * positions. Tokens that lie over the input are positions, the special ones are told apart; joined
 * heads of an attention are filters; a first axis that counts windows or heads of one picture is an
 * axis of positions or filters after that of pictures.
 *
 * @param shape of the value
 * @param filterAxis of the value; empty where it has none
 * @param tokens how tokens of the value lie over the input
 * @param heads number of heads that the axis of filters joins; empty where it joins none
 * @param isOfOnePicture whether all of the value is of one picture and the first axis counts
 *     something else
 */
record ActivationView(
    Shape shape,
    OptionalInt filterAxis,
    Optional<TokenGrid> tokens,
    OptionalInt heads,
    boolean isOfOnePicture) {

  /**
   * How a layer is seen.
   *
   * @param shape of its value, all sizes known
   * @param tokens of that value
   */
  static ActivationView of(Layer layer, Shape shape, Optional<TokenGrid> tokens, int pictures) {
    return new ActivationView(
        shape,
        layer.filterAxis(),
        tokens.filter(
            grid -> layer.filterAxis().isEmpty() || grid.axis() != layer.filterAxis().getAsInt()),
        layer.heads(),
        pictures == 1
            && shape.rank() > 0
            && (shape.size(0) != 1 || layer.filterAxis().equals(OptionalInt.of(0))));
  }

  /** Number of filters; 0 where there is no axis of them. */
  long filters() {
    return heads.isPresent()
        ? heads.getAsInt()
        : filterAxis.isPresent() ? shape.size(filterAxis.getAsInt()) : 0;
  }

  /** Writes the view of a value of this shape into a graph. */
  Expression of(Emitter graph, Value value) {
    Value seen = graph.cast(value, ElementType.FLOAT32);
    int axis = filterAxis.orElse(-1);
    int tokenAxis = tokens.map(TokenGrid::axis).orElse(-1);
    if (isOfOnePicture) {
      seen = graph.unsqueeze(seen, 0);
      axis = axis < 0 ? axis : axis + 1;
      tokenAxis = tokenAxis < 0 ? tokenAxis : tokenAxis + 1;
    }
    if (heads.isPresent()) {
      long count = heads.getAsInt();
      seen = graph.reshape(seen, split(seen.shape(), axis, count, seen.size(axis) / count));
    }
    if (tokens.isEmpty()) {
      return axis < 0 ? Expression.of(graph, seen) : Expression.of(graph, seen, axis);
    }
    TokenGrid grid = tokens.get();
    Optional<Value> special = special(graph, seen, grid, tokenAxis);
    Value positions =
        special.isEmpty()
            ? seen
            : graph.slice(seen, tokenAxis, grid.before(), grid.before() + grid.positions());
    long[] sizes = grid.sizes().stream().mapToLong(Integer::longValue).toArray();
    Value map = graph.reshape(positions, split(positions.shape(), tokenAxis, sizes));
    int mapAxis = axis > tokenAxis ? axis + sizes.length - 1 : axis;
    Expression over = axis < 0 ? Expression.of(graph, map) : Expression.of(graph, map, mapAxis);
    return special.isEmpty()
        ? over
        : over.withSpecialTokens(
            axis < 0
                ? Expression.of(graph, special.get())
                : Expression.of(graph, special.get(), axis));
  }

  private static Optional<Value> special(Emitter graph, Value seen, TokenGrid grid, int axis) {
    List<Value> parts = new ArrayList<>();
    if (grid.before() > 0) {
      parts.add(graph.slice(seen, axis, 0, grid.before()));
    }
    if (grid.after() > 0) {
      parts.add(graph.slice(seen, axis, grid.before() + grid.positions(), grid.tokens()));
    }
    return parts.size() < 2
        ? parts.stream().findFirst()
        : Optional.of(graph.concatenate(axis, parts));
  }

  private static long[] split(Shape shape, int axis, long... parts) {
    long[] sizes = shape.sizes();
    return LongStream.concat(
            LongStream.concat(Arrays.stream(sizes, 0, axis), Arrays.stream(parts)),
            Arrays.stream(sizes, axis + 1, sizes.length))
        .toArray();
  }
}
