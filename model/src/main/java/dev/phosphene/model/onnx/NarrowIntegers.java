package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Constants of 2 or 4 bits, of which a file holds several in a byte, as ones of 8 bits: what reads
 * them dequantizes them, which is the same for both. To quantize to so few bits is not the same.
 */
final class NarrowIntegers {
  private static final OperatorType QUANTIZE = OperatorType.of("QuantizeLinear");
  private static final OperatorType GATHER =
      new OperatorType("com.microsoft", "GatherBlockQuantized");

  /** The number of axes of each constant that was narrow. */
  private final Map<String, Integer> ranks = new HashMap<>();

  /** The bits of an ONNX element type; empty for types of whole bytes. */
  private static Optional<Integer> bits(int code) {
    return switch (code) {
      case 21, 22 -> Optional.of(4);
      case 25, 26 -> Optional.of(2);
      default -> Optional.empty();
    };
  }

  private static boolean isSigned(int code) {
    return code == 22 || code == 26;
  }

  /** A constant of narrow integers in whole bytes; empty for one of another type. */
  Optional<Tensor> decode(String name, ModelParser.Initializer initializer, TensorDecoder tensors) {
    TensorProto proto = initializer.tensor();
    Optional<Integer> bits = bits(proto.getDataType());
    if (bits.isEmpty()) {
      return Optional.empty();
    }
    long[] sizes = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
    long count = TensorDecoder.bytes(name, ElementType.UINT8, sizes);
    if (count > Integer.MAX_VALUE) {
      throw new PhospheneException(
          "tensor \"%s\" has %d elements; a single tensor may have at most 2 GiB"
              .formatted(name, count));
    }
    int each = 8 / bits.get();
    TensorProto bytes =
        proto.toBuilder()
            .setDataType(Emitter.onnxCode(ElementType.UINT8))
            .clearDims()
            .addDims((count + each - 1) / each)
            .build();
    Optional<Tensor> packed =
        tensors.decode(name, new ModelParser.Initializer(bytes, initializer.raw(), false));
    ranks.put(name, sizes.length);
    return packed.map(
        found ->
            Tensor.over(
                isSigned(proto.getDataType()) ? ElementType.INT8 : ElementType.UINT8,
                sizes,
                unpacked(found.bytes(), (int) count, bits.get(), isSigned(proto.getDataType()))));
  }

  /** The first of those that share a byte lies in the lowest bits. */
  private static ByteBuffer unpacked(ByteBuffer packed, int count, int bits, boolean signed) {
    byte[] wide = new byte[count];
    int each = 8 / bits;
    int mask = (1 << bits) - 1;
    int sign = 1 << (bits - 1);
    for (int i = 0; i < count; i++) {
      int number = (packed.get(packed.position() + i / each) >> (i % each * bits)) & mask;
      wide[i] = (byte) (signed ? (number ^ sign) - sign : number);
    }
    return ByteBuffer.wrap(wide);
  }

  /** Whether a node rounds to narrow integers. */
  boolean isQuantizing(Node node) {
    return node.type().name().equals(QUANTIZE.name())
        && (ranks.containsKey(node.input(2))
            || bits((int) node.attributes().integer("output_dtype", 0)).isPresent());
  }

  /**
   * Nodes in the place of one that chooses rows of narrow integers, whose kernel does not read
   * whole bytes; the node itself where it is another one.
   */
  List<Node> separated(Node node, Names fresh) {
    Integer rank = ranks.get(node.input(0));
    if (!node.type().equals(GATHER) || rank == null) {
      return List.of(node);
    }
    Attributes attributes = node.attributes();
    long along = Math.floorMod(attributes.integer("quantize_axis", 1), Math.max(1, rank));
    long gathered = Math.floorMod(attributes.integer("gather_axis", 0), Math.max(1, rank));
    Attributes axis = Attributes.of("axis", gathered);
    List<Node> nodes = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    boolean first = along == rank - 1 && gathered != along;
    for (int input : new int[] {0, 2, 3}) {
      String part = node.input(input);
      if (first && !part.isEmpty()) {
        String chosen = fresh.fresh(part + "_rows");
        nodes.add(OperatorUpgrades.extra(node, "Gather", axis, chosen, part, node.input(1)));
        part = chosen;
      }
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    Attributes blocks =
        Attributes.of(
            "axis", first ? -1 : along, "block_size", attributes.integer("block_size", 128));
    if (first) {
      nodes.add(OperatorUpgrades.renamed(node, "DequantizeLinear", parts, blocks));
    } else {
      String table = fresh.fresh(node.input(0) + "_table");
      nodes.add(
          OperatorUpgrades.extra(
              node, "DequantizeLinear", blocks, table, parts.toArray(String[]::new)));
      nodes.add(OperatorUpgrades.renamed(node, "Gather", List.of(table, node.input(1)), axis));
    }
    return nodes;
  }
}
