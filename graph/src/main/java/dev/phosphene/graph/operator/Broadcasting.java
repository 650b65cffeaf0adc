package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Multidirectional broadcasting as the ONNX standard defines it (NumPy's rules). */
final class Broadcasting {
  private Broadcasting() {}

  /** The shape that two shapes broadcast to, as far as it is known. */
  static Shape broadcast(Inference node, Shape a, Shape b) {
    if (!a.isRankKnown() || !b.isRankKnown()) {
      return Shape.unknown();
    }
    int rank = Math.max(a.rank(), b.rank());
    List<Dimension> sizes = new ArrayList<>(rank);
    for (int axis = 0; axis < rank; axis++) {
      sizes.add(broadcast(node, a, b, axis - rank + a.rank(), axis - rank + b.rank()));
    }
    return Shape.of(sizes);
  }

  /** The shape that the inputs from one position to another (exclusive) broadcast to. */
  static Shape broadcastInputs(Inference node, int first, int end) {
    Shape shape = node.shape(first);
    for (int i = first + 1; i < end; i++) {
      shape = broadcast(node, shape, node.shape(i));
    }
    return shape;
  }

  private static Dimension broadcast(Inference node, Shape a, Shape b, int axisOfA, int axisOfB) {
    Dimension inA = axisOfA < 0 ? Dimension.of(1) : a.dimension(axisOfA);
    Dimension inB = axisOfB < 0 ? Dimension.of(1) : b.dimension(axisOfB);
    if (inA.size() == 1 || inA.equals(inB)) {
      return inB;
    }
    if (inB.size() == 1) {
      return inA;
    }
    if (inA.isKnown() && inB.isKnown()) {
      throw node.error("shapes " + a + " and " + b + " do not broadcast");
    }
    // One is unknown and the other is not 1: if this works at all, the result is the known size.
    return inA.isKnown() ? inA : inB.isKnown() ? inB : Dimension.unknown();
  }
}
