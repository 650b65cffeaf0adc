package dev.phosphene.graph;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;

/**
 * What flows between nodes: a graph's input, a constant, or a node's output.
 *
 * @param name unique within its graph; empty only for {@link #ABSENT}
 * @param type of the elements, {@link ElementType#UNKNOWN} where it could not be inferred
 * @param shape as far as it is known
 */
public record Value(String name, ElementType type, Shape shape) {
  /** An optional input or output that is not there. */
  public static final Value ABSENT = new Value("", ElementType.UNKNOWN, Shape.unknown());

  public boolean isPresent() {
    return !name.isEmpty();
  }

  public int rank() {
    return shape.rank();
  }

  /** Size along one axis, negative from the last; -1 where it is not known. */
  public long size(int axis) {
    return shape.size(axis);
  }

  @Override
  public String toString() {
    return "%s: %s%s".formatted(name, type, shape);
  }
}
