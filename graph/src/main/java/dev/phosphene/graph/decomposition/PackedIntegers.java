package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;

/**
 * Unsigned integers of few bits, several to a byte along the last axis, the first in the lowest
 * bits.
 *
 * @param bits of one integer: 2, 4 or 8
 */
record PackedIntegers(Composite graph, int bits) {
  PackedIntegers {
    if (bits != 2 && bits != 4 && bits != 8) {
      throw graph.error("expected integers of 2, 4 or 8 bits, found " + bits);
    }
  }

  /** The integers of an attribute's number of bits. */
  static PackedIntegers of(Composite graph, String attribute) {
    long bits = graph.attributes().integer(attribute, 4);
    return new PackedIntegers(graph, bits > 0 && bits <= 8 ? (int) bits : 0);
  }

  /** How many a byte holds. */
  int each() {
    return 8 / bits;
  }

  /** What stands for zero where no zero point is given. */
  int middle() {
    return 1 << (bits - 1);
  }

  /** {@code [..., D]} bytes as {@code [..., D * each]} bytes of one integer. */
  Value unpacked(Value bytes) {
    if (bits == 8) {
      return bytes;
    }
    long[] sizes = graph.sizes(bytes);
    long[] shifts = new long[each()];
    Arrays.setAll(shifts, i -> (long) i * bits);
    Value column = graph.unsqueeze(bytes, sizes.length);
    Value shifted =
        graph.apply(
            "BitShift",
            Attributes.of("direction", "RIGHT"),
            column,
            graph.constant(Tensor.converted(ElementType.UINT8, shifts, shifts.length)));
    Value mask = graph.constant(Tensor.converted(ElementType.UINT8, new long[] {(1L << bits) - 1}));
    sizes[sizes.length - 1] *= each();
    return graph.reshape(graph.apply("BitwiseAnd", shifted, mask), sizes);
  }
}
