package dev.phosphene.cli.picture;

import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Target;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The pictures of one run as one picture: itself where there is one, else a labelled contact sheet.
 *
 * <p>Labels follow from the model, the layer and the filters, so that a sheet can be made again
 * from the record of its run: class names where the layer is the last and the model has as many
 * labels as the layer has units, else numbers.
 */
public final class Sheet {
  private final Model model;
  private final Target target;

  public Sheet(Model model, Target target) {
    this.model = model;
    this.target = target;
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
    ContactSheet sheet = ContactSheet.of(pictures, filters.stream().map(this::label).toList());
    return (isLabelled() ? sheet : sheet.withTitle(target.layer().name())).render();
  }

  /** What a picture of these filters is called: {@code ship}, or {@code 20 + 21}. */
  public String label(List<Integer> filters) {
    return filters.stream().map(this::name).collect(Collectors.joining(" + "));
  }

  private String name(int filter) {
    return isLabelled() ? model.labels().get(filter) : String.valueOf(filter);
  }

  private boolean isLabelled() {
    return target.layer().equals(model.layers().last())
        && model.labels().size() == target.filters();
  }
}
