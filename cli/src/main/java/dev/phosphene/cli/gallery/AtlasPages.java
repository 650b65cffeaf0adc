package dev.phosphene.cli.gallery;

import static dev.phosphene.cli.gallery.Html.escaped;

import dev.phosphene.visualize.atlas.AtlasFiles;
import dev.phosphene.visualize.atlas.AtlasIndex;
import dev.phosphene.visualize.atlas.AtlasIndex.FilterEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import dev.phosphene.visualize.atlas.AtlasSettings;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The pages of an atlas: one for all layers, and one for each. */
public final class AtlasPages {
  /** The page of all layers. */
  public static final String PAGE = "index.html";

  private static final String STYLE = "atlas.css";

  /** Pictures of a layer that stand for it on the page of all. */
  private static final int STRIP = 8;

  private final AtlasIndex index;

  private AtlasPages(AtlasIndex index) {
    this.index = index;
  }

  /** Writes all pages, each as a whole or not at all. */
  public static void write(AtlasIndex index, AtlasFiles files) {
    AtlasPages pages = new AtlasPages(index);
    for (int i = 0; i < index.layers().size(); i++) {
      pages.writeLayer(i, files);
    }
    pages.writeOverview(files);
  }

  /** Writes the page of all layers, and that of one that has just changed. */
  public static void write(AtlasIndex index, AtlasFiles files, LayerEntry changed) {
    AtlasPages pages = new AtlasPages(index);
    pages.writeLayer(index.layers().indexOf(changed), files);
    pages.writeOverview(files);
  }

  private void writeOverview(AtlasFiles files) {
    write(files, STYLE, Html.resource(STYLE));
    write(files, PAGE, overview());
  }

  private void writeLayer(int position, AtlasFiles files) {
    write(files, page(index.layers().get(position)), layer(position));
  }

  private static void write(AtlasFiles files, String file, String text) {
    files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String page(LayerEntry layer) {
    return layer.folder() + "/" + PAGE;
  }

  private String overview() {
    return Html.page(
        "atlas.html",
        Map.of(
            "model",
            escaped(modelName()),
            "summary",
            escaped(summary()),
            "layers",
            index.layers().stream().map(this::card).collect(Collectors.joining()),
            "leftOut",
            leftOut(),
            "settings",
            settings(),
            "version",
            escaped(index.phosphene())));
  }

  /** The model's file without its folders, which are nobody's business. */
  private String modelName() {
    return index.settings().model().file().replaceFirst(".*[/\\\\]", "");
  }

  private String summary() {
    AtlasSettings settings = index.settings();
    String photos =
        index.photos() == null
            ? ""
            : ", beside those of %,d photos that excite it most".formatted(index.photos().count());
    return String.format(
        Locale.ROOT,
        "%,d pictures of the filters of %d layers. Each is the input that most excites one filter,"
            + " found from noise by the recipe %s%s.",
        index.pictures(),
        index.layers().size(),
        settings.recipe().name(),
        photos);
  }

  private String card(LayerEntry layer) {
    return """
        <li class="layer">
          <a href="%s">
            <h2>%s</h2>
            <p class="facts">%s</p>
            <div class="strip" aria-hidden="true">%s</div>
          </a>%s
        </li>
        """
        .formatted(
            page(layer),
            escaped(layer.name()),
            escaped(facts(layer)),
            spread(layer.pictures()).stream()
                .map(each -> image(each.file(), "", "loading=\"lazy\""))
                .collect(Collectors.joining()),
            problem(layer));
  }

  /** Some pictures, spread over all. */
  private static List<FilterEntry> spread(List<FilterEntry> pictures) {
    int shown = Math.min(STRIP, pictures.size());
    return IntStream.range(0, shown)
        .mapToObj(i -> pictures.get(i * pictures.size() / shown))
        .toList();
  }

  private static String facts(LayerEntry layer) {
    String count =
        layer.pictures().size() == layer.filters()
            ? "%,d filters".formatted(layer.filters())
            : "%,d of %,d filters".formatted(layer.pictures().size(), layer.filters());
    return "%s · %s · %s".formatted(layer.kind(), layer.shape(), count);
  }

  private static String problem(LayerEntry layer) {
    return layer.problem().isEmpty()
        ? ""
        : "<p class=\"problem\">Not shown%s: %s</p>"
            .formatted(layer.pictures().isEmpty() ? "" : " in whole", escaped(layer.problem()));
  }

  private String leftOut() {
    if (index.leftOut().isEmpty()) {
      return "";
    }
    return "<details><summary>%d layers are not shown</summary><table><tbody>%s</tbody></table></details>"
        .formatted(
            index.leftOut().size(),
            index.leftOut().stream()
                .map(
                    each ->
                        "<tr>"
                            + Html.cells("td", "td", List.of(each.layer(), each.reason()))
                            + "</tr>")
                .collect(Collectors.joining()));
  }

  private String settings() {
    AtlasSettings settings = index.settings();
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put("model", modelName());
    rows.put("SHA-256", settings.model().sha256());
    rows.put(
        "input",
        String.format(
            Locale.ROOT,
            "%s %s in [%s, %s]",
            settings.size(),
            settings.input().channels(),
            settings.input().low(),
            settings.input().high()));
    rows.put(
        "recipe",
        "%s, %d iterations".formatted(settings.recipe().name(), settings.recipe().iterations()));
    rows.put("seed", String.valueOf(settings.seed()));
    return rows.entrySet().stream()
        .map(
            row ->
                "<tr><th scope=\"row\">%s</th><td>%s</td></tr>"
                    .formatted(escaped(row.getKey()), escaped(row.getValue())))
        .collect(Collectors.joining());
  }

  private String layer(int position) {
    LayerEntry layer = index.layers().get(position);
    return Html.page(
        "layer.html",
        Map.of(
            "model",
            escaped(modelName()),
            "layer",
            escaped(layer.name()),
            "facts",
            escaped(facts(layer)),
            "problem",
            problem(layer),
            "before",
            neighbour(position - 1, "prev", "← %s"),
            "after",
            neighbour(position + 1, "next", "%s →"),
            "sheets",
            sheets(layer),
            "photos",
            index.photos() == null ? "" : " with-photos",
            "pictures",
            IntStream.range(0, layer.pictures().size())
                .mapToObj(i -> figure(layer, i))
                .collect(Collectors.joining()),
            "version",
            escaped(index.phosphene())));
  }

  private String neighbour(int position, String relation, String form) {
    if (position < 0 || position >= index.layers().size()) {
      return "";
    }
    LayerEntry other = index.layers().get(position);
    return "<a rel=\"%s\" href=\"%s\">%s</a>"
        .formatted(relation, up(page(other)), escaped(form.formatted(other.name())));
  }

  private static String sheets(LayerEntry layer) {
    return IntStream.range(0, layer.sheets().size())
        .mapToObj(
            i ->
                "<a href=\"%s\">%s</a>"
                    .formatted(
                        up(layer.sheets().get(i)),
                        layer.sheets().size() == 1 ? "Contact sheet" : "Sheet %d".formatted(i + 1)))
        .collect(Collectors.joining(" "));
  }

  private static String figure(LayerEntry layer, int position) {
    FilterEntry picture = layer.pictures().get(position);
    String id = "filter-" + picture.filter();
    String title =
        picture.label().equals(String.valueOf(picture.filter()))
            ? "Filter " + picture.filter()
            : "%s (%d)".formatted(picture.label(), picture.filter());
    return """
        <li><figure id="%s">
          <div class="shown">
            <a class="picture" href="#%s" aria-label="Enlarge %s">%s</a>%s
          </div>
          <figcaption><b>%s</b> %s%s</figcaption>
          <nav aria-label="%s">%s<a class="close" href="#pictures">Close</a>%s<a href="%s">The picture's file</a></nav>
        </figure></li>
        """
        .formatted(
            id,
            id,
            escaped(title),
            image(
                up(picture.file()),
                "What most excites filter %d of layer %s".formatted(picture.filter(), layer.name()),
                "loading=\"lazy\""),
            photos(picture),
            escaped(title),
            escaped(numbers(picture)),
            picture.diagnosis() == null
                ? ""
                : "<span class=\"diagnosis\">%s</span>"
                    .formatted(escaped(picture.diagnosis().words())),
            escaped(title),
            step(layer, position - 1, "Previous"),
            step(layer, position + 1, "Next"),
            up(picture.file()));
  }

  private static String step(LayerEntry layer, int position, String word) {
    return position < 0 || position >= layer.pictures().size()
        ? ""
        : "<a class=\"%s\" href=\"#filter-%d\">%s</a>"
            .formatted(
                word.toLowerCase(Locale.ROOT), layer.pictures().get(position).filter(), word);
  }

  private static String photos(FilterEntry picture) {
    if (picture.photos().isEmpty()) {
      return "";
    }
    int columns = (int) Math.ceil(Math.sqrt(picture.photos().size()));
    return "<div class=\"photos\" style=\"--columns: %d\">%s</div>"
        .formatted(
            columns,
            picture.photos().stream()
                .map(
                    photo ->
                        image(
                            up(photo.file()),
                            "Photo %s, activation %s"
                                .formatted(photo.name(), number(photo.activation())),
                            "loading=\"lazy\" title=\"%s: %s\""
                                .formatted(escaped(photo.name()), number(photo.activation()))))
                .collect(Collectors.joining()));
  }

  private static String numbers(FilterEntry picture) {
    String activation = "activation " + number(picture.activation());
    if (picture.percentile() == null) {
      return activation;
    }
    double percentile = picture.percentile();
    return activation
        + (percentile == 100
            ? ", above all photos"
            : String.format(
                Locale.ROOT, ", above %.1f %% of photos", Math.floor(10 * percentile) / 10));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  private static String image(String file, String description, String attributes) {
    return "<img src=\"%s\" alt=\"%s\" %s>".formatted(file, escaped(description), attributes);
  }

  /** From the page of a layer to a file that is named from the atlas' folder. */
  private static String up(String file) {
    return "../../" + file;
  }
}
