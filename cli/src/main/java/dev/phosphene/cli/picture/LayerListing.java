package dev.phosphene.cli.picture;

import dev.phosphene.model.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The layer table as text in columns. */
public final class LayerListing {
  /** What the columns hold. */
  public static final List<String> COLUMNS =
      List.of("index", "name", "kind", "output shape", "filters", "parameters");

  private static final List<Boolean> RIGHT_ALIGNED = List.of(true, false, false, false, true, true);

  private LayerListing() {}

  /** A line with the names of the columns, and a line for each layer. */
  public static List<String> lines(List<Layer> layers) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(COLUMNS);
    layers.forEach(layer -> rows.add(cells(layer)));
    int[] widths = new int[COLUMNS.size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  /** What the columns say of a layer. */
  public static List<String> cells(Layer layer) {
    return List.of(
        layer.index() == Layer.UNLISTED ? "" : String.valueOf(layer.index()),
        layer.name(),
        layer.kind(),
        layer.shape() + layer.tokens().map(grid -> ", tokens " + grid).orElse(""),
        layer.filters().isPresent() ? String.valueOf(layer.filters().getAsLong()) : "-",
        String.format(Locale.ROOT, "%,d", layer.parameters()));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      String padding = " ".repeat(widths[column] - cell.length());
      line.append(column == 0 ? "" : "  ")
          .append(RIGHT_ALIGNED.get(column) ? padding + cell : cell + padding);
    }
    return line.toString().stripTrailing();
  }
}
