package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import java.util.List;
import java.util.Map;

/**
 * Cumulative products by doubling: after k rounds every element is the product of the {@code 2^k}
 * up to it. Nothing is divided, so that zeros are no exception.
 */
final class Accumulations {
  private Accumulations() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(OperatorType.of("CumProd"), Accumulations::multiply);
  }

  private static List<Value> multiply(Composite node) {
    int rank = node.sizes(node.input(0)).length;
    long given = node.constant(1, "axis").getLong(0);
    int axis = (int) (given < 0 ? given + rank : given);
    boolean backwards = node.attributes().flag("reverse", false);
    Value product = backwards ? node.reverse(node.input(0), axis) : node.input(0);
    long length = node.sizes(product)[axis];
    if (node.attributes().flag("exclusive", false)) {
      product = shifted(node, product, axis, 1, length);
    }
    for (long distance = 1; distance < length; distance *= 2) {
      product = node.multiply(product, shifted(node, product, axis, distance, length));
    }
    return List.of(backwards ? node.reverse(product, axis) : product);
  }

  /** Moved towards the end of an axis, with ones before. */
  private static Value shifted(Composite node, Value value, int axis, long distance, long length) {
    long[] sizes = node.sizes(value);
    sizes[axis] = distance;
    Value ones = node.expand(node.scalarLike(value, 1), sizes);
    return distance >= length
        ? ones
        : node.concatenate(axis, List.of(ones, node.slice(value, axis, 0, length - distance)));
  }
}
