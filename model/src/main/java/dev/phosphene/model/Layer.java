package dev.phosphene.model;

import dev.phosphene.tensor.Shape;
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
 */
public record Layer(
    int index,
    String name,
    String kind,
    String output,
    Shape shape,
    OptionalInt filterAxis,
    OptionalLong filters,
    long parameters) {
  /** Index of what can be named but is not counted. */
  public static final int UNLISTED = -1;

  /** The same layer with more known of its shape. */
  Layer withShape(Shape known) {
    boolean isCounted =
        filterAxis.isPresent()
            && known.isRankKnown()
            && filterAxis.getAsInt() < known.rank()
            && known.dimension(filterAxis.getAsInt()).isKnown();
    OptionalLong counted = isCounted ? OptionalLong.of(known.size(filterAxis.getAsInt())) : filters;
    return new Layer(index, name, kind, output, known, filterAxis, counted, parameters);
  }

  Layer withKind(String other) {
    return new Layer(index, name, other, output, shape, filterAxis, filters, parameters);
  }
}
