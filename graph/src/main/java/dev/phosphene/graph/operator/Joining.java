package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Concat and Split. */
final class Joining {
  private Joining() {}

  static List<OperatorSpec> specs() {
    return List.of(
        Folding.spec("Concat", 13, Joining::concatenate, Rearrangement::concatenate),
        Folding.severalOutputs("Split", 18, Joining::split, Rearrangement::split));
  }

  private static void concatenate(Inference node) {
    if (node.inputs() == 0) {
      throw node.error("expected at least one input, found none");
    }
    if (!node.attributes().has("axis")) {
      throw node.error("attribute \"axis\" is missing");
    }
    ElementType type = Casting.commonType(node, 0, node.inputs());
    Shape joined = Shape.unknown();
    int axis = 0;
    boolean complete = true;
    for (int i = 0; i < node.inputs(); i++) {
      Shape part = node.shape(i);
      if (!part.isRankKnown()) {
        complete = false;
      } else if (!joined.isRankKnown()) {
        axis = Axes.normalize(node, node.attributes().integer("axis", 0), part.rank());
        joined = part;
      } else {
        joined = joined(node, joined, part, axis);
      }
    }
    node.output(0, type, complete || !joined.isRankKnown() ? joined : joined.with(axis, unknown()));
  }

  private static Dimension unknown() {
    return Dimension.unknown();
  }

  private static Shape joined(Inference node, Shape a, Shape b, int along) {
    if (a.rank() != b.rank()) {
      throw node.error("inputs must have equally many axes, found " + a + " and " + b);
    }
    Shape joined = a;
    for (int axis = 0; axis < a.rank(); axis++) {
      Dimension inA = a.dimension(axis);
      Dimension inB = b.dimension(axis);
      if (axis == along) {
        boolean known = inA.isKnown() && inB.isKnown();
        joined =
            joined.with(
                axis, known ? Dimension.of(Math.addExact(inA.size(), inB.size())) : unknown());
      } else {
        joined = joined.with(axis, Axes.unify(node, "sizes along axis " + axis, inA, inB));
      }
    }
    return joined;
  }

  private static void split(Inference node) {
    Shape shape = node.shape(0);
    if (!shape.isRankKnown()) {
      for (int i = 0; i < node.outputs(); i++) {
        node.output(i, node.type(0), shape);
      }
      return;
    }
    int axis = Axes.normalize(node, node.attributes().integer("axis", 0), shape.rank());
    Optional<Tensor> given = node.constant(1);
    boolean unknown = node.has(1) && given.isEmpty();
    long[] sizes =
        given
            .map(lengths -> given(node, shape.dimension(axis), lengths.toLongs()))
            .orElseGet(() -> unknown ? new long[0] : equal(node, shape.dimension(axis)));
    for (int i = 0; i < node.outputs(); i++) {
      Dimension size = i < sizes.length ? Dimension.of(sizes[i]) : Dimension.unknown();
      node.output(i, node.type(0), shape.with(axis, size));
    }
  }

  private static long[] given(Inference node, Dimension whole, long[] sizes) {
    long sum = 0;
    for (long size : sizes) {
      if (size < 0) {
        throw mismatch(node, whole, sizes);
      }
      sum = Math.addExact(sum, size);
    }
    if (sizes.length != node.outputs() || (whole.isKnown() && sum != whole.size())) {
      throw mismatch(node, whole, sizes);
    }
    return sizes;
  }

  private static PhospheneException mismatch(Inference node, Dimension whole, long[] sizes) {
    return node.error(
        "sizes %s do not split %s elements into %d outputs"
            .formatted(Axes.text(sizes), whole, node.outputs()));
  }

  /** Chunks of equal size, the last of which may be smaller. */
  private static long[] equal(Inference node, Dimension whole) {
    int outputs = node.outputs();
    long wanted = node.attributes().integer("num_outputs", outputs);
    if (wanted != outputs) {
      throw node.error("num_outputs is %d but %d outputs are there".formatted(wanted, outputs));
    }
    if (!whole.isKnown() || outputs == 0) {
      return new long[0];
    }
    long chunk = whole.size() / outputs + (whole.size() % outputs == 0 ? 0 : 1);
    long[] sizes = new long[outputs];
    Arrays.fill(sizes, chunk);
    sizes[outputs - 1] = whole.size() - Math.multiplyExact(chunk, outputs - 1L);
    if (sizes[outputs - 1] < 0) {
      throw node.error(
          "%s elements cannot be split into %d equal chunks".formatted(whole, outputs));
    }
    return sizes;
  }
}
