package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Updates of caches of keys and values as a choice between the old elements and the new ones. */
final class CacheUpdates {
  private CacheUpdates() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(OperatorType.of("TensorScatter"), CacheUpdates::scatter);
  }

  /** Element p of the axis is update {@code p - start} of its batch entry where there is one. */
  private static List<Value> scatter(Composite node) {
    Value past = node.input(0);
    Value update = node.input(1);
    long[] sizes = node.sizes(past);
    int axis = Math.floorMod((int) node.attributes().integer("axis", -2), sizes.length);
    long length = node.sizes(update)[axis];
    long[] positions = new long[Math.toIntExact(sizes[axis])];
    Arrays.setAll(positions, i -> i);
    long[] along = new long[sizes.length];
    Arrays.fill(along, 1);
    along[axis] = sizes[axis];
    Value index = node.reshape(node.constant(Tensor.vector(positions)), along);
    if (node.has(2)) {
      long[] perEntry = new long[sizes.length];
      Arrays.fill(perEntry, 1);
      perEntry[0] = -1;
      Value starts = node.reshape(node.cast(node.input(2), ElementType.INT64), perEntry);
      index = node.subtract(index, starts);
    }
    if (node.attributes().text("mode", "linear").equals("circular")) {
      index = node.apply("Mod", index, node.scalarLike(index, (double) sizes[axis]));
    }
    Value isNew =
        node.apply(
            "And",
            node.apply("GreaterOrEqual", index, node.scalarLike(index, 0)),
            node.less(index, node.scalarLike(index, (double) length)));
    Value within =
        node.apply(
            "Clip", index, node.scalarLike(index, 0), node.scalarLike(index, (double) length - 1));
    Value gathered =
        node.apply(
            "GatherElements", Attributes.of("axis", axis), update, node.expand(within, sizes));
    return List.of(node.where(isNew, gathered, past));
  }
}
