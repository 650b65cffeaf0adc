package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Weights of 2, 4 or 8 bits that are scaled block by block, as floating weights. Those are
 * constants, so the runtime computes them once.
 */
final class BlockQuantization {
  /** 4-bit floating point of bitsandbytes: a sign, two bits of exponent, one of mantissa. */
  private static final float[] FLOAT4 = {
    0, 0.0052083335f, 0.6666667f, 1, 0.33333334f, 0.5f, 0.16666667f, 0.25f,
    0, -0.0052083335f, -0.6666667f, -1, -0.33333334f, -0.5f, -0.16666667f, -0.25f
  };

  /** Quantiles of the normal distribution (Dettmers et al., "QLoRA", 2023, appendix E). */
  private static final float[] NORMAL4 = {
    -1,
    -0.6961928f,
    -0.52507305f,
    -0.3949175f,
    -0.28444138f,
    -0.18477343f,
    -0.091050036f,
    0,
    0.0795803f,
    0.1609302f,
    0.2461123f,
    0.33791524f,
    0.44070983f,
    0.562617f,
    0.72295684f,
    1
  };

  private BlockQuantization() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        type("MatMulNBits"), BlockQuantization::product,
        type("MatMulBnb4"), BlockQuantization::tabulated,
        type("GatherBlockQuantized"), BlockQuantization::gather);
  }

  private static OperatorType type(String operator) {
    return new OperatorType("com.microsoft", operator);
  }

  /**
   * {@code A W^T + bias}. Inputs: A, packed weights {@code [N, blocks, bytes]}, scales, zero
   * points, the block of each column, bias.
   */
  private static List<Value> product(Composite node) {
    PackedIntegers packed = PackedIntegers.of(node, "bits");
    long rows = size(node, "N");
    long columns = size(node, "K");
    long block = size(node, "block_size");
    long blocks = (columns + block - 1) / block;
    ElementType type = node.input(0).type();
    Value integers = node.cast(packed.unpacked(node.input(1)), type);
    Value scales = node.reshape(node.input(2), rows, blocks);
    Value zeros = zeroPoints(node, packed, rows, blocks);
    Value weights;
    if (node.has(4)) {
      Value groups = node.slice(node.input(4), 0, 0, columns);
      Attributes alongColumns = Attributes.of("axis", 1);
      Value flat = node.slice(node.reshape(integers, rows, blocks * block), 1, 0, columns);
      Value ownZeros =
          zeros.rank() == 0 ? zeros : node.apply("Gather", alongColumns, zeros, groups);
      Value ownScales = node.apply("Gather", alongColumns, scales, groups);
      weights = node.multiply(node.subtract(flat, ownZeros), ownScales);
    } else {
      Value blocked = node.reshape(integers, rows, blocks, block);
      Value ownZeros = zeros.rank() == 0 ? zeros : node.unsqueeze(zeros, 2);
      Value scaled = node.multiply(node.subtract(blocked, ownZeros), node.unsqueeze(scales, 2));
      weights = node.slice(node.reshape(scaled, rows, blocks * block), 1, 0, columns);
    }
    Value result = node.multiplyTransposed(node.input(0), weights);
    return List.of(node.has(5) ? node.add(result, node.input(5)) : result);
  }

  /** One number for all, or {@code [rows, blocks]}; packed row by row where they are bytes. */
  private static Value zeroPoints(Composite node, PackedIntegers packed, long rows, long blocks) {
    Value scales = node.input(2);
    Value given = node.input(3);
    // The runtime leaves packed zero points out where columns name their blocks.
    boolean packs = given.type() == ElementType.UINT8;
    if (!node.has(3) || (packs && node.has(4))) {
      return node.scalarLike(scales, packed.middle());
    }
    if (!packs) {
      return node.reshape(given, rows, blocks);
    }
    Value bytes = node.reshape(given, rows, (blocks + packed.each() - 1) / packed.each());
    return node.cast(node.slice(packed.unpacked(bytes), 1, 0, blocks), scales.type());
  }

  private static long size(Composite node, String attribute) {
    long size = node.attributes().integer(attribute, 0);
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw node.error("%s should be at least 1, found %d".formatted(attribute, size));
    }
    return size;
  }

  /** Weights that are numbers of a table times the largest one of their block. */
  private static List<Value> tabulated(Composite node) {
    long rows = size(node, "N");
    long columns = size(node, "K");
    long block = size(node, "block_size");
    long count = Math.multiplyExact(rows, columns);
    long blocks = (count + block - 1) / block;
    ElementType type = node.input(0).type();
    long kind = node.attributes().integer("quant_type", -1);
    if (kind != 0 && kind != 1) {
      throw node.error("quant_type should be 0 (FP4) or 1 (NF4), found " + kind);
    }
    Value table = node.constant(Tensor.of(kind == 0 ? FLOAT4 : NORMAL4, 16).as(type));
    // The first of two lies in the upper bits.
    long[] sizes = node.sizes(node.input(1));
    Value pairs =
        node.reshape(
            new PackedIntegers(node, 4).unpacked(node.reshape(node.input(1), -1, 1)), sizes[0], 2);
    Value ordered = node.reshape(node.reverse(pairs, 1), -1);
    Value indices = node.cast(node.slice(ordered, 0, 0, count), ElementType.INT64);
    Value numbers = node.apply("Gather", table, indices);
    Value padded = node.padZeros(numbers, 0, blocks * block - count);
    Value largest = node.reshape(node.input(2), blocks, 1);
    Value scaled = node.multiply(node.reshape(padded, blocks, block), largest);
    Value weights = node.reshape(node.slice(node.reshape(scaled, -1), 0, 0, count), rows, columns);
    return List.of(
        node.attributes().flag("transB", true)
            ? node.multiplyTransposed(node.input(0), weights)
            : node.matrixMultiply(node.input(0), weights));
  }

  /** Rows {@code [..., D]} of packed numbers with a scale a block of the last axis. */
  private static List<Value> gather(Composite node) {
    if (node.input(0).type() != ElementType.UINT8) {
      throw node.error("its gradient needs data of type uint8, found " + node.input(0).type());
    }
    PackedIntegers packed = PackedIntegers.of(node, "bits");
    int rank = node.sizes(node.input(0)).length;
    if (node.attributes().integer("gather_axis", 0) % rank != 0) {
      throw node.error("its gradient needs rows gathered along axis 0");
    }
    Value scales = gathered(node, 2);
    Value integers = node.cast(packed.unpacked(gathered(node, 0)), scales.type());
    long[] sizes = node.sizes(integers);
    int last = sizes.length - 1;
    long block = node.attributes().integer("block_size", 128);
    long blocks = node.sizes(scales)[last];
    Value zeros = node.scalarLike(scales, packed.middle());
    if (node.has(3)) {
      Value unpacked = node.slice(packed.unpacked(gathered(node, 3)), last, 0, blocks);
      zeros = stretched(node, node.cast(unpacked, scales.type()), block, sizes[last]);
    }
    return List.of(
        node.multiply(node.subtract(integers, zeros), stretched(node, scales, block, sizes[last])));
  }

  private static Value gathered(Composite node, int input) {
    return node.apply("Gather", node.input(input), node.input(1));
  }

  /** Every number of the last axis so many times, up to a length. */
  private static Value stretched(Composite node, Value blocks, long times, long length) {
    long[] sizes = node.sizes(blocks);
    int last = sizes.length - 1;
    long[] wide = Arrays.copyOf(sizes, sizes.length + 1);
    wide[sizes.length] = times;
    long[] whole = sizes.clone();
    whole[last] = Math.multiplyExact(sizes[last], times);
    Value repeated = node.expand(node.unsqueeze(blocks, sizes.length), wide);
    return node.slice(node.reshape(repeated, whole), last, 0, length);
  }
}
