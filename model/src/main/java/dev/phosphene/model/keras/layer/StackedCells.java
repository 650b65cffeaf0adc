package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Cells one on the other, each given what the one below it gives. */
final class StackedCells implements RecurrentCell {
  private static final String SUFFIX = "Cell";

  private final List<RecurrentCell> cells;
  private final List<Integer> stateCounts;

  private StackedCells(List<RecurrentCell> cells) {
    this.cells = List.copyOf(cells);
    this.stateCounts = cells.stream().map(cell -> cell.initialStates().size()).toList();
  }

  /** The cell that an {@code RNN} layer is configured with, or the stack of them. */
  static RecurrentCell of(LayerCall call) {
    JsonNode cell = call.config().node("cell");
    LayerWeights weights = call.weights().part("cell");
    long features = call.size(call.input(3), 2);
    if (!cell.path("class_name").asText().endsWith("StackedRNNCells")) {
      return cell(call, cell, weights, "", features);
    }
    List<RecurrentCell> cells = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (JsonNode each : cell.path("config").path("cells")) {
      String kind = kind(each);
      String group =
          (kind.equals("SimpleRNN") ? "simple_rnn" : kind.toLowerCase(Locale.ROOT)) + "_cell";
      int before = seen.merge(group, 1, Integer::sum) - 1;
      LayerWeights own = weights.part("cells/" + group + (before == 0 ? "" : "_" + before));
      cells.add(cell(call, each, own, "cell_" + cells.size() + "/", features));
      features = each.path("config").path("units").asLong();
    }
    if (cells.isEmpty()) {
      throw call.error("it has no cells");
    }
    return new StackedCells(cells);
  }

  private static String kind(JsonNode cell) {
    String className = cell.path("class_name").asText("");
    className = className.substring(className.lastIndexOf('>') + 1);
    return className.endsWith(SUFFIX)
        ? className.substring(0, className.length() - SUFFIX.length())
        : className;
  }

  private static RecurrentCell cell(
      LayerCall call, JsonNode cell, LayerWeights weights, String prefix, long features) {
    LayerConfig config = new LayerConfig(call.config().layer(), cell.path("config"));
    LayerCall within = call.withConfig(config);
    return GatedCells.of(kind(cell), within, weights, prefix, features);
  }

  @Override
  public Value prepared(Value sequence) {
    return cells.get(0).prepared(sequence);
  }

  @Override
  public RecurrentCell within(Emitter body) {
    return new StackedCells(cells.stream().map(cell -> cell.within(body)).toList());
  }

  @Override
  public List<Value> initialStates() {
    return cells.stream().flatMap(cell -> cell.initialStates().stream()).toList();
  }

  @Override
  public Step step(Value input, List<Value> states) {
    List<Value> next = new ArrayList<>();
    Value given = input;
    int first = 0;
    for (int i = 0; i < cells.size(); i++) {
      Value prepared = i == 0 ? given : cells.get(i).prepared(given);
      int after = first + stateCounts.get(i);
      Step step = cells.get(i).step(prepared, states.subList(first, after));
      given = step.output();
      next.addAll(step.states());
      first = after;
    }
    return new Step(given, next);
  }
}
