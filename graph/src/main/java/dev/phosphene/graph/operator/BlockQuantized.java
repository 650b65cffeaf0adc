package dev.phosphene.graph.operator;

import static dev.phosphene.graph.operator.Microsoft.spec;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Operators of ONNX Runtime's own domain that read weights of 2, 4 or 8 bits, packed into bytes and
 * scaled block by block.
 */
final class BlockQuantized {
  private BlockQuantized() {}

  static List<OperatorSpec> specs() {
    return List.of(
        spec("MatMulNBits", BlockQuantized::multiply),
        spec("MatMulBnb4", BlockQuantized::multiply),
        spec("GatherBlockQuantized", BlockQuantized::gather));
  }

  /** Input {@code [..., K]} with weights {@code [N, K]} gives {@code [..., N]}. */
  private static void multiply(Inference node) {
    boolean transposed = node.attributes().flag("transB", true);
    long inner = size(node, transposed ? "K" : "N");
    long outer = size(node, transposed ? "N" : "K");
    long block = size(node, "block_size");
    requireWholeBlocks(node, (inner + block - 1) / block, block);
    Shape input = node.shape(0);
    if (!input.isRankKnown()) {
      node.output(0, node.type(0), Shape.unknown());
      return;
    }
    Axes.requireRankFrom(node, "the input", input, 1);
    Dimension last = input.dimension(-1);
    if (last.isKnown() && last.size() != inner) {
      throw node.error("the weights need %d features, found input %s".formatted(inner, input));
    }
    node.output(0, node.type(0), input.with(input.rank() - 1, Dimension.of(outer)));
  }

  /** The runtime reads the block of every column unchecked, those that fill the last one too. */
  private static void requireWholeBlocks(Inference node, long blocks, long block) {
    Shape groups = node.shape(4);
    if (node.has(4) && groups.isStatic() && groups.elements() < blocks * block) {
      throw node.error("g_idx should have %d elements, found %s".formatted(blocks * block, groups));
    }
    node.constant(4)
        .map(Tensor::toLongs)
        .flatMap(all -> Arrays.stream(all).filter(i -> i < 0 || i >= blocks).boxed().findFirst())
        .ifPresent(
            wrong -> {
              throw node.error(
                  "g_idx should name blocks from 0 to %d, found %d".formatted(blocks - 1, wrong));
            });
  }

  private static long size(Inference node, String attribute) {
    long size = node.attributes().integer(attribute, 0);
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw node.error("%s should be at least 1, found %d".formatted(attribute, size));
    }
    return size;
  }

  /** Chosen rows of {@code [..., D]}, of which every byte holds {@code 8 / bits} numbers. */
  private static void gather(Inference node) {
    long bits = node.attributes().integer("bits", 4);
    if (bits != 2 && bits != 4 && bits != 8) {
      throw node.error("bits should be 2, 4 or 8, found " + bits);
    }
    Shape data = node.shape(0);
    Shape indices = node.shape(1);
    if (!data.isRankKnown() || !indices.isRankKnown()) {
      node.output(0, node.type(2), Shape.unknown());
      return;
    }
    Axes.requireRankFrom(node, "the data", data, 1);
    int axis = Axes.normalize(node, node.attributes().integer("gather_axis", 0), data.rank());
    List<Dimension> sizes = new ArrayList<>(data.dimensions());
    if (node.type(0) == ElementType.UINT8) {
      sizes.set(sizes.size() - 1, Axes.times(sizes.get(sizes.size() - 1), 8 / bits));
    }
    sizes.remove(axis);
    sizes.addAll(axis, indices.dimensions());
    node.output(0, node.type(2), Shape.of(sizes));
  }
}
