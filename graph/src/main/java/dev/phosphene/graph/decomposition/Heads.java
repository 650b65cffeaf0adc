package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Value;

/** Attention heads as an axis of their own, {@code [N, heads, L, E]}, or within the last one. */
final class Heads {
  private Heads() {}

  /** {@code [N, L, heads * E]} to {@code [N, heads, L, E]}; one with four axes as it is. */
  static Value apart(Composite graph, Value value, long heads) {
    long[] sizes = graph.sizes(value);
    if (sizes.length == 4) {
      return value;
    }
    if (sizes.length != 3 || heads < 1 || sizes[2] % heads != 0) {
      throw graph.error(
          "expected [batch, length, features] that divide into %d heads, found %s"
              .formatted(heads, value.shape()));
    }
    Value split = graph.reshape(value, sizes[0], sizes[1], heads, sizes[2] / heads);
    return graph.transpose(split, 0, 2, 1, 3);
  }

  /** {@code [N, heads, L, E]} to {@code [N, L, heads * E]}. */
  static Value together(Composite graph, Value value) {
    long[] sizes = graph.sizes(value);
    Value turned = graph.transpose(value, 0, 2, 1, 3);
    return graph.reshape(turned, sizes[0], sizes[2], sizes[1] * sizes[3]);
  }
}
