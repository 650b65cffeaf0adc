package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Positions in a row along an axis, which a Slice or Gather with constant settings takes.
 *
 * @param first counted from the first position of the axis
 * @param end one after the last
 */
record TokenRun(long first, long end) {
  /** What a node takes along an axis of its first input; empty where it takes no such run. */
  static Optional<TokenRun> of(Graph graph, Node node, int axis) {
    Shape from = graph.value(node.input(0)).shape();
    if (!from.isRankKnown() || axis >= from.rank() || !from.dimension(axis).isKnown()) {
      return Optional.empty();
    }
    return switch (node.type().name()) {
      case "Gather" -> gathered(graph, node, axis, from);
      case "Slice" -> sliced(graph, node, axis, from);
      default -> Optional.empty();
    };
  }

  private static Optional<TokenRun> gathered(Graph graph, Node node, int axis, Shape from) {
    long[] indices = constant(graph, node, 1);
    if (Math.floorMod(node.attributes().integer("axis", 0), from.rank()) != axis
        || indices.length == 0) {
      return Optional.empty();
    }
    long first = Math.floorMod(indices[0], Math.max(1, from.size(axis)));
    for (int i = 1; i < indices.length; i++) {
      if (indices[i] != indices[i - 1] + 1) {
        return Optional.empty();
      }
    }
    return Optional.of(new TokenRun(first, first + indices.length));
  }

  private static Optional<TokenRun> sliced(Graph graph, Node node, int axis, Shape from) {
    long[] starts = constant(graph, node, 1);
    long[] ends = constant(graph, node, 2);
    long[] axes =
        node.hasInput(3) ? constant(graph, node, 3) : LongStream.range(0, starts.length).toArray();
    long[] steps = constant(graph, node, 4);
    for (int i = 0; i < Math.min(axes.length, Math.min(starts.length, ends.length)); i++) {
      if (Math.floorMod(axes[i], from.rank()) == axis) {
        long first = clamped(starts[i], from.size(axis));
        long end = clamped(ends[i], from.size(axis));
        boolean inARow = !node.hasInput(4) || (i < steps.length && steps[i] == 1);
        return inARow && first < end ? Optional.of(new TokenRun(first, end)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static long[] constant(Graph graph, Node node, int input) {
    Tensor tensor = node.hasInput(input) ? graph.constants().get(node.input(input)) : null;
    return tensor == null ? new long[0] : tensor.toLongs();
  }

  private static long clamped(long index, long size) {
    return Math.max(0, Math.min(size, index < 0 ? index + size : index));
  }
}
