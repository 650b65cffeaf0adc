package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operators of the standard domain that can be computed in the blocked layout. */
final class BlockedOperators {
  private static final Map<String, BlockedOperator> TABLE = table();

  private BlockedOperators() {}

  private static Map<String, BlockedOperator> table() {
    Map<String, BlockedOperator> table = new HashMap<>();
    table.put("Conv", new BlockedConvolution());
    table.put("ConvTranspose", new BlockedTransposedConvolution());
    List.of("MaxPool", "AveragePool").forEach(name -> table.put(name, new BlockedPooling()));
    List.of("GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceSum")
        .forEach(name -> table.put(name, new BlockedReduction()));
    BlockedElementwise.NAMES.forEach(name -> table.put(name, new BlockedElementwise()));
    table.put("BatchNormalization", BlockedScaling::batchNormalization);
    table.put("Slice", BlockedRearrangement::slice);
    table.put("Pad", BlockedRearrangement::pad);
    table.put("Concat", BlockedRearrangement::concatenate);
    table.put("Split", BlockedRearrangement::split);
    table.put("Expand", BlockedRearrangement::expand);
    List.of("Reshape", "Unsqueeze", "Squeeze")
        .forEach(name -> table.put(name, BlockedRearrangement::reshape));
    return Map.copyOf(table);
  }

  /** How a node's operator is computed; null where it is not. */
  static @Nullable BlockedOperator of(Node node) {
    return node.type().domain().isEmpty() ? TABLE.get(node.type().name()) : null;
  }
}
