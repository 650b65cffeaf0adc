package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.Optional;

/**
 * The order of axes that a Transpose gives: axis i of its output is axis {@code axes[i]} of its
 * input.
 */
record Permutation(int... axes) {
  Permutation {
    axes = axes.clone();
  }

  @Override
  public int[] axes() {
    return axes.clone();
  }

  /** The order of a Transpose; empty where the rank is not known or the attribute is no order. */
  static Optional<Permutation> of(Node transpose, Draft draft) {
    Value input = draft.value(transpose.input(0));
    Optional<long[]> given = transpose.attributes().integers("perm");
    if (!input.shape().isRankKnown() && given.isEmpty()) {
      return Optional.empty();
    }
    int rank = given.map(order -> order.length).orElseGet(input::rank);
    int[] axes = new int[rank];
    boolean[] seen = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      long axis = given.isPresent() ? given.get()[i] : rank - 1 - i;
      if (axis < 0 || axis >= rank || seen[(int) axis]) {
        return Optional.empty();
      }
      seen[(int) axis] = true;
      axes[i] = (int) axis;
    }
    return Optional.of(new Permutation(axes));
  }

  /** The Transpose that gives a value, if one does, and its order is known. */
  static Optional<Transposed> behind(String value, Draft draft) {
    return draft
        .producer(value)
        .filter(node -> node.is("Transpose"))
        .flatMap(
            node ->
                of(node, draft).map(order -> new Transposed(draft.value(node.input(0)), order)));
  }

  /** A value before its axes were put into another order. */
  record Transposed(Value source, Permutation order) {}

  int rank() {
    return axes.length;
  }

  boolean isIdentity() {
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** The order that this one and then another give together. */
  Permutation then(Permutation next) {
    return new Permutation(Arrays.stream(next.axes).map(axis -> axes[axis]).toArray());
  }

  Permutation inverse() {
    int[] inverse = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      inverse[axes[i]] = i;
    }
    return new Permutation(inverse);
  }

  /** Something an axis, in the order after, put into the order before. */
  long[] undo(long[] perAxis) {
    long[] before = new long[perAxis.length];
    for (int i = 0; i < axes.length; i++) {
      before[axes[i]] = perAxis[i];
    }
    return before;
  }

  Attributes attributes() {
    return Attributes.of("perm", axes);
  }

  boolean isSame(Permutation other) {
    return Arrays.equals(axes, other.axes);
  }
}
