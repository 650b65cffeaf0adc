package dev.phosphene.visualize;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The pictures of one run as one picture: itself where there is one, else a labelled contact sheet.
 *
 * <p>Labels follow from the model, the layer and the filters, so that a sheet can be made again
 * from the record of its run: class names where the layer is the last and the model has as many
 * labels as the layer has units, else numbers.
 */
public final class Sheet {
  /** A label with more names than this would not be read. */
  private static final int MOST_NAMES = 8;

  private final String title;
  private final List<String> labels;

  private Sheet(String title, List<String> labels) {
    this.title = title;
    this.labels = labels;
  }

  /** Sheets of pictures of a layer's filters. */
  public static Sheet of(Model model, Target target) {
    boolean labelled =
        target.layer().equals(model.layers().last())
            && target.layer().filters().isPresent()
            && model.labels().size() == target.filters();
    return labelled ? new Sheet("", model.labels()) : new Sheet(target.layer().name(), List.of());
  }

  /** Sheets of pictures that belong to no layer. */
  static Sheet plain() {
    return new Sheet("", List.of());
  }

  /** Lays out the pictures of a run. */
  public Image of(List<Picture> made) {
    return of(
        made.stream().map(Picture::image).toList(), made.stream().map(Picture::filters).toList());
  }

  /**
   * Lays out pictures.
   *
   * @param filters of each picture
   */
  public Image of(List<Image> pictures, List<List<Integer>> filters) {
    if (pictures.size() == 1) {
      return pictures.get(0);
    }
    List<String> below = filters.stream().map(this::label).toList();
    return ContactSheet.of(pictures, below).withTitle(title).render();
  }

  /** Whether filters are called by names and not by their numbers. */
  public boolean isLabelled() {
    return !labels.isEmpty();
  }

  /** The names that a sheet of these pictures shows, by filter; none on a single picture. */
  Map<Integer, String> labelsOn(List<Picture> made) {
    Map<Integer, String> shown = new TreeMap<>();
    if (made.size() > 1 && isLabelled()) {
      made.forEach(picture -> picture.filters().forEach(f -> shown.put(f, labels.get(f))));
    }
    return shown;
  }

  /**
   * What a picture of these filters is called: {@code ship}, or {@code 20 + 21}; of very many, how
   * many they are.
   */
  public String label(List<Integer> filters) {
    if (filters.size() > MOST_NAMES) {
      return filters.size() + " filters";
    }
    return filters.stream().map(this::name).collect(Collectors.joining(" + "));
  }

  private String name(int filter) {
    return labels.isEmpty() ? String.valueOf(filter) : labels.get(filter);
  }
}
