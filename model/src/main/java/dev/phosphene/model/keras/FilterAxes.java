package dev.phosphene.model.keras;

import dev.phosphene.graph.Value;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The axes along which filters lie: where {@code data_format} says, for layers that have one; for
 * others where their input has them, if they keep its axes; else the last one.
 */
final class FilterAxes {
  /** Layers after which the axes of their input are gone. */
  private static final Set<String> REARRANGING =
      Set.of("Reshape", "Flatten", "Permute", "RepeatVector", "Dense", "EinsumDense", "Embedding");

  private final Map<String, Integer> axes = new HashMap<>();
  private final boolean isChannelsFirst;

  /** For a network, whose input has its channels as the first layer says that says anything. */
  FilterAxes(NetworkConfig network) {
    this.isChannelsFirst = dataFormat(network).equals("channels_first");
  }

  /** What the first layer says that has a data format; channels last where none has. */
  static String dataFormat(NetworkConfig network) {
    for (Entry entry : network.layers()) {
      String format =
          entry.network() == null
              ? entry.config().path("data_format").asText("")
              : dataFormat(entry.network());
      if (format.startsWith("channels_")) {
        return format;
      }
    }
    return "channels_last";
  }

  /** Notes what a layer gives. */
  void note(Entry entry, Value output, List<Value> inputs) {
    if (!output.shape().isRankKnown() || output.rank() < 2 || axes.containsKey(output.name())) {
      return;
    }
    int last = output.rank() - 1;
    String format = entry.config().path("data_format").asText("");
    int axis = last;
    if (entry.isInput()) {
      axis = isChannelsFirst && last > 1 ? 1 : last;
    } else if (format.equals("channels_first") && !REARRANGING.contains(entry.className())) {
      axis = 1;
    } else if (format.isEmpty() && !REARRANGING.contains(entry.className())) {
      axis =
          inputs.stream()
              .filter(input -> input.shape().isRankKnown() && input.rank() == output.rank())
              .map(input -> axes.get(input.name()))
              .filter(known -> known != null)
              .findFirst()
              .orElse(last);
    }
    axes.put(output.name(), axis);
  }

  /** Where the filters of a noted value lie; empty where there are none. */
  OptionalInt of(Value value) {
    Integer axis = axes.get(value.name());
    return axis == null ? OptionalInt.empty() : OptionalInt.of(axis);
  }
}
