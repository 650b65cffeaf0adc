package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operators of the standard domain that can be computed in the blocked layout. */
final class BlockedOperators {
  private static final Map<String, BlockedOperator> TABLE = table();
  private static final Map<String, BlockedOperator> CHANNELS_LAST = channelsLast();

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

  /** On values whose channels are their last axis. */
  private static Map<String, BlockedOperator> channelsLast() {
    Map<String, BlockedOperator> table = new HashMap<>();
    List.of("Gemm", "MatMul").forEach(name -> table.put(name, new ChannelsLastProduct()));
    BlockedElementwise.NAMES.forEach(name -> table.put(name, new ChannelsLastElementwise()));
    List.of("ReduceMean", "ReduceSum")
        .forEach(name -> table.put(name, ChannelsLastElementwise::reduction));
    List.of("Reshape", "Unsqueeze", "Squeeze")
        .forEach(name -> table.put(name, ChannelsLastRearrangement::reshape));
    table.put("Transpose", ChannelsLastRearrangement::transpose);
    table.put("Slice", ChannelsLastRearrangement::slice);
    table.put("Concat", ChannelsLastRearrangement::concatenate);
    table.put("Pad", ChannelsLastRearrangement::pad);
    return Map.copyOf(table);
  }

  /** Writes a node in the blocked layout; false where that cannot be done or is not worth it. */
  static boolean apply(Node node, BlockedDraft draft) {
    return apply(CHANNELS_LAST, node, draft) || apply(TABLE, node, draft);
  }

  private static boolean apply(Map<String, BlockedOperator> table, Node node, BlockedDraft draft) {
    BlockedOperator operator = table.get(node.type().name());
    return operator != null && node.type().domain().isEmpty() && operator.apply(node, draft);
  }
}
