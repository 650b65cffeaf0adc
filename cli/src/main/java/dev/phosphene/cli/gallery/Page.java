package dev.phosphene.cli.gallery;

import static dev.phosphene.cli.gallery.Html.escaped;

import dev.phosphene.cli.picture.LayerListing;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.Version;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page that shows all figures. */
final class Page {
  private static final String TEMPLATE = "index.html";

  private Page() {}

  static String of(Model model, List<Figure> figures) {
    return Html.page(
        TEMPLATE,
        Map.of(
            "version",
            escaped(Version.CURRENT),
            "figures",
            figures.stream().map(Page::figure).collect(Collectors.joining()),
            "columns",
            Html.cells("th scope=\"col\"", "th", LayerListing.COLUMNS),
            "layers",
            rows(model.layers().layers())));
  }

  private static String figure(Figure figure) {
    return """
        <figure>
          <h2>%s</h2>
          <a href="%s"><img src="%s" alt="%s"></a>
          <figcaption>
            <p>%s</p>
            <pre><code>./phosphene %s</code></pre>
          </figcaption>
        </figure>
        """
        .formatted(
            escaped(figure.title()),
            escaped(figure.file()),
            escaped(figure.file()),
            escaped(figure.description()),
            escaped(figure.caption()),
            escaped(figure.command()));
  }

  private static String rows(List<Layer> layers) {
    return layers.stream()
        .map(layer -> "<tr>" + Html.cells("td", "td", LayerListing.cells(layer)) + "</tr>\n")
        .collect(Collectors.joining());
  }
}
