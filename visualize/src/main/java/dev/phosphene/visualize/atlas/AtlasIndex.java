package dev.phosphene.visualize.atlas;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is in an atlas, as {@code index.json} in its folder says it. Files are named relative to
 * that folder.
 *
 * @param phosphene version of the tool that wrote it
 * @param settings that all pictures share
 * @param photos with which pictures are compared; null for none
 * @param layers in the order of the network
 * @param leftOut layers that were not wanted, and why
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AtlasIndex(
    String phosphene,
    AtlasSettings settings,
    @Nullable Photos photos,
    List<LayerEntry> layers,
    List<LeftOut> leftOut) {

  /**
   * A folder of photos.
   *
   * @param folder as the user named it
   * @param count how many were measured
   * @param skipped how many could not be read
   */
  public record Photos(String folder, int count, int skipped) {}

  /**
   * A layer that an atlas does not show.
   *
   * @param reason a clause without capital and full stop
   */
  public record LeftOut(String layer, String reason) {
    public LeftOut {
      requireAll(layer, reason);
    }
  }

  /**
   * A layer.
   *
   * @param index in the layer table; -1 where it is not counted
   * @param shape of its output, as the layer table shows it
   * @param filters how many it has
   * @param folder of its files
   * @param sheets pictures with all its filters, labelled; none before it is finished
   * @param problem why it could not be finished; empty where it could, or was not tried
   * @param pictures in the order of their filters
   */
  public record LayerEntry(
      int index,
      String name,
      String kind,
      String shape,
      int filters,
      String folder,
      List<String> sheets,
      String problem,
      List<FilterEntry> pictures) {
    public LayerEntry {
      requireAll(name, kind, shape, problem);
      requireInside(folder);
      sheets.forEach(AtlasIndex::requireInside);
      sheets = List.copyOf(sheets);
      pictures = pictures.stream().sorted(Comparator.comparingInt(FilterEntry::filter)).toList();
    }

    /** The picture of a filter. */
    public Optional<FilterEntry> picture(int filter) {
      return pictures.stream().filter(each -> each.filter() == filter).findFirst();
    }

    LayerEntry withSheets(List<String> others) {
      return new LayerEntry(index, name, kind, shape, filters, folder, others, problem, pictures);
    }

    LayerEntry withProblem(String other) {
      return new LayerEntry(index, name, kind, shape, filters, folder, sheets, other, pictures);
    }

    LayerEntry withPictures(List<FilterEntry> others) {
      return new LayerEntry(index, name, kind, shape, filters, folder, sheets, problem, others);
    }

    /** This layer with pictures, each in the place of an older one of its filter. */
    LayerEntry with(List<FilterEntry> more) {
      List<FilterEntry> all = new ArrayList<>(more);
      pictures.stream()
          .filter(old -> more.stream().noneMatch(each -> each.filter() == old.filter()))
          .forEach(all::add);
      return withPictures(all);
    }
  }

  /**
   * The picture of a filter.
   *
   * @param label its number, or what the class is called
   * @param activation that the picture reaches, without random transforms: the mean over positions
   * @param outcome finished, plateau or diverged
   * @param steps that were taken
   * @param diagnosis why it shows little or nothing; null where nothing is wrong
   * @param percentile share of photos with a lower activation, in [0, 100]; null without photos
   * @param photos that excite the filter most, the most exciting first
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FilterEntry(
      int filter,
      String label,
      String file,
      double activation,
      String outcome,
      int steps,
      @Nullable Diagnosis diagnosis,
      @Nullable Double percentile,
      List<PhotoEntry> photos) {
    public FilterEntry {
      requireAll(label, outcome);
      requireInside(file);
      photos = List.copyOf(photos);
    }

    FilterEntry with(@Nullable Double newPercentile, List<PhotoEntry> newPhotos) {
      return new FilterEntry(
          filter, label, file, activation, outcome, steps, diagnosis, newPercentile, newPhotos);
    }
  }

  /**
   * A photo that excites a filter.
   *
   * @param name within the folder of photos
   * @param file a small copy of the part that the network saw
   */
  public record PhotoEntry(String name, String file, double activation) {
    public PhotoEntry {
      requireAll(name);
      requireInside(file);
    }
  }

  /** An index may come from anywhere, and pages link to what it names. */
  private static final Pattern INSIDE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/-]*");

  public AtlasIndex {
    requireAll(phosphene, settings);
    layers = List.copyOf(layers);
    leftOut = List.copyOf(leftOut);
  }

  /** A file may leave anything out. */
  private static void requireAll(Object... parts) {
    for (Object part : parts) {
      Objects.requireNonNull(part);
    }
  }

  private static void requireInside(String file) {
    if (!INSIDE.matcher(file).matches() || file.contains("..")) {
      throw new PhospheneException("\"%s\" is not the name of a file of an atlas".formatted(file));
    }
  }

  /** The layer of a name. */
  public Optional<LayerEntry> layer(String name) {
    return layers.stream().filter(layer -> layer.name().equals(name)).findFirst();
  }

  /** How many pictures there are. */
  public int pictures() {
    return layers.stream().mapToInt(layer -> layer.pictures().size()).sum();
  }
}
