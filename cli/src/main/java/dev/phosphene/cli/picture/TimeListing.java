package dev.phosphene.cli.picture;

import dev.phosphene.visualize.LayerTimes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times of layers as text in columns, and as they stand in {@code --json}. */
public final class TimeListing {
  private static final List<String> COLUMNS =
      List.of("index", "layer", "kind", "forward ms", "backward ms", "share");

  private static final List<Boolean> RIGHT_ALIGNED = List.of(true, false, false, true, true, true);

  private TimeListing() {}

  /** A line with the names of the columns, one for each layer, and one for everything else. */
  public static List<String> lines(LayerTimes times) {
    double whole = times.whole();
    List<List<String>> rows = new ArrayList<>();
    rows.add(COLUMNS);
    for (LayerTimes.Row row : times.rows()) {
      List<String> cells = LayerListing.cells(row.layer());
      double both = row.forward() + row.backward();
      rows.add(
          List.of(
              cells.get(0),
              cells.get(1),
              cells.get(2),
              milliseconds(row.forward()),
              milliseconds(row.backward()),
              share(both, whole)));
    }
    rows.add(
        List.of(
            "", "everything else", "", milliseconds(times.rest()), "", share(times.rest(), whole)));
    return Columns.lines(rows, RIGHT_ALIGNED);
  }

  private static String milliseconds(double time) {
    return String.format(Locale.ROOT, "%.3f", time);
  }

  private static String share(double time, double whole) {
    return String.format(Locale.ROOT, "%.1f %%", whole > 0 ? 100 * time / whole : 0);
  }

  /** Names and numbers of the same rows. */
  public static Map<String, Object> json(LayerTimes times) {
    List<Map<String, Object>> layers = new ArrayList<>();
    for (LayerTimes.Row row : times.rows()) {
      Map<String, Object> layer = new LinkedHashMap<>();
      layer.put("layer", row.layer().name());
      layer.put("forwardMilliseconds", row.forward());
      layer.put("backwardMilliseconds", row.backward());
      layers.add(layer);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("layers", layers);
    json.put("restMilliseconds", times.rest());
    return json;
  }
}
