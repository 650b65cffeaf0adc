package dev.phosphene.cli.gallery;

import dev.phosphene.cli.picture.LayerListing;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The page that shows all figures. */
final class Page {
  private static final String TEMPLATE = "index.html";

  private Page() {}

  static String of(Model model, List<Figure> figures) {
    return template()
        .replace("{{version}}", escaped(Version.CURRENT))
        .replace("{{figures}}", figures.stream().map(Page::figure).collect(Collectors.joining()))
        .replace("{{columns}}", cells("th scope=\"col\"", "th", LayerListing.COLUMNS))
        .replace("{{layers}}", rows(model.layers().layers()));
  }

  private static String template() {
    try (InputStream resource = Page.class.getResourceAsStream(TEMPLATE)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
        .map(layer -> "<tr>" + cells("td", "td", LayerListing.cells(layer)) + "</tr>\n")
        .collect(Collectors.joining());
  }

  private static String cells(String opening, String closing, List<String> texts) {
    return texts.stream()
        .map(text -> "<%s>%s</%s>".formatted(opening, escaped(text), closing))
        .collect(Collectors.joining());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
