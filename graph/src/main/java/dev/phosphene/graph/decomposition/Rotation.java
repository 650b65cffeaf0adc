package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rotary position embeddings: pairs of features turned by an angle that grows with the position.
 */
final class Rotation {
  private Rotation() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        OperatorType.of("RotaryEmbedding"),
        Rotation::standard,
        new OperatorType("com.microsoft", "RotaryEmbedding"),
        Rotation::contributed);
  }

  /**
   * Inputs: x, cosines, sines, positions; without positions the caches are per position already.
   */
  private static List<Value> standard(Composite node) {
    Value cosines = node.input(1);
    Value sines = node.input(2);
    if (node.has(3)) {
      cosines = node.apply("Gather", cosines, node.input(3));
      sines = node.apply("Gather", sines, node.input(3));
    }
    return List.of(
        embedded(
            node,
            node.attributes().integer("num_heads", 0),
            node.unsqueeze(cosines, 1),
            node.unsqueeze(sines, 1)));
  }

  /** Inputs: x, positions {@code [N, L]} or the first position {@code [1]}, cosines, sines. */
  private static List<Value> contributed(Composite node) {
    if (node.attributes().flag("is_packed_batching", false)) {
      throw node.error("a gradient with is_packed_batching is not supported");
    }
    long[] sizes = node.sizes(node.input(0));
    long length = sizes[sizes.length - 2];
    Value positions = node.input(1);
    if (node.sizes(positions).length == 1) {
      long[] indices = new long[Math.toIntExact(length)];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i;
      }
      positions = node.unsqueeze(node.add(positions, node.constant(Tensor.vector(indices))), 0);
    }
    long width = node.sizes(node.input(2))[1] * 2;
    long heads = node.attributes().integer("num_heads", 0);
    if (heads == 0 && sizes.length == 3) {
      heads = sizes[2] / width;
    }
    double scale = node.attributes().real("scale", 1);
    Value rotated =
        embedded(
            node,
            heads,
            node.unsqueeze(node.apply("Gather", node.input(2), positions), 1),
            node.unsqueeze(node.apply("Gather", node.input(3), positions), 1));
    return List.of(scale == 1 ? rotated : node.multiply(rotated, scale));
  }

  private static Value embedded(Composite node, long heads, Value cosines, Value sines) {
    Value x = node.input(0);
    boolean folded = node.sizes(x).length == 3;
    Value turned =
        rotated(
            node,
            Heads.apart(node, x, heads),
            cosines,
            sines,
            node.attributes().flag("interleaved", false));
    return folded ? Heads.together(node, turned) : turned;
  }

  /**
   * Turns the first features of each head, twice as many as there are cosines.
   *
   * @param x {@code [N, heads, L, E]}
   * @param cosines broadcasts to {@code [N, heads, L, pairs]}
   * @param interleaved whether neighbours are a pair, instead of the two halves
   */
  static Value rotated(Composite node, Value x, Value cosines, Value sines, boolean interleaved) {
    long[] sizes = node.sizes(x);
    long[] cacheSizes = node.sizes(cosines);
    long pairs = cacheSizes[cacheSizes.length - 1];
    Value turning = 2 * pairs == sizes[3] ? x : node.slice(x, 3, 0, 2 * pairs);
    Value a;
    Value b;
    if (interleaved) {
      Value paired = node.reshape(turning, sizes[0], sizes[1], sizes[2], pairs, 2);
      List<Value> both = node.split(paired, 4, 1, 1);
      a = node.squeeze(both.get(0), 4);
      b = node.squeeze(both.get(1), 4);
    } else {
      List<Value> both = node.split(turning, 3, pairs, pairs);
      a = both.get(0);
      b = both.get(1);
    }
    Value first = node.subtract(node.multiply(a, cosines), node.multiply(b, sines));
    Value second = node.add(node.multiply(b, cosines), node.multiply(a, sines));
    List<Value> parts = new ArrayList<>();
    if (interleaved) {
      Value paired =
          node.concatenate(4, List.of(node.unsqueeze(first, 4), node.unsqueeze(second, 4)));
      parts.add(node.reshape(paired, sizes[0], sizes[1], sizes[2], 2 * pairs));
    } else {
      parts.add(first);
      parts.add(second);
    }
    if (2 * pairs < sizes[3]) {
      parts.add(node.slice(x, 3, 2 * pairs, sizes[3]));
    }
    return node.joined(3, parts);
  }
}
