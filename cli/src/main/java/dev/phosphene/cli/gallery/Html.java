package dev.phosphene.cli.gallery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What pages are made of. */
final class Html {
  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-zA-Z]+)}}");

  private Html() {}

  /** A text file that lies beside this class. */
  static String resource(String name) {
    try (InputStream resource = Html.class.getResourceAsStream(name)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A page.
   *
   * @param template a resource with places such as {@code {{title}}}
   * @param parts what stands there, as HTML; places in the parts themselves are left as they are
   */
  static String page(String template, Map<String, String> parts) {
    Matcher places = PLACE.matcher(resource(template));
    return places.replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
  }

  /** Text as HTML, within elements and quoted attributes. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Cells of a table. */
  static String cells(String opening, String closing, List<String> texts) {
    return texts.stream()
        .map(text -> "<%s>%s</%s>".formatted(opening, escaped(text), closing))
        .collect(Collectors.joining());
  }
}
