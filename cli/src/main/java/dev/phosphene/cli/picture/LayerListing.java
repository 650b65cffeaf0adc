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
    return Columns.lines(rows, RIGHT_ALIGNED);
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
}
