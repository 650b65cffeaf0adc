package dev.phosphene.visualize.atlas;

import dev.phosphene.image.Image;
import dev.phosphene.image.JpegFile;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.atlas.AtlasIndex.FilterEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import dev.phosphene.visualize.atlas.AtlasIndex.PhotoEntry;
import dev.phosphene.visualize.photo.PhotoActivations;
import dev.phosphene.visualize.photo.PhotoFolder;
import dev.phosphene.visualize.photo.PhotoSurvey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The photos that excite the filters of an atlas, and small copies of them. */
final class AtlasPhotos {
  /** Side of a copy. */
  private static final int SIDE = 160;

  private final PhotoFolder folder;
  private final int top;
  private final ActivationMaximization run;
  private final Map<String, PhotoActivations> byLayer = new HashMap<>();
  private final Set<String> copied = new HashSet<>();
  private int skipped;
  private Optional<String> firstSkipped = Optional.empty();

  /**
   * Photos that were not measured yet.
   *
   * @param top how many are shown of each filter
   * @param run whose model, input contract and size are meant
   */
  AtlasPhotos(PhotoFolder folder, int top, ActivationMaximization run) {
    this.folder = folder;
    this.top = top;
    this.run = run;
  }

  /**
   * Measures all photos for some layers: in as few passes as activations fit memory.
   *
   * @return false where the thread was interrupted
   */
  boolean measure(List<Target> targets, PhotoSurvey.Progress progress) {
    List<Target> group = new ArrayList<>();
    long filters = 0;
    for (Target target : targets) {
      long more = filters + target.filters();
      if (!group.isEmpty() && more * folder.names().size() > PhotoSurvey.MAXIMUM_ACTIVATIONS) {
        if (!survey(group, progress)) {
          return false;
        }
        group.clear();
        more = target.filters();
      }
      group.add(target);
      filters = more;
    }
    return survey(group, progress);
  }

  private boolean survey(List<Target> targets, PhotoSurvey.Progress progress) {
    Optional<PhotoSurvey> survey = PhotoSurvey.of(run, List.copyOf(targets), folder, progress);
    survey.ifPresent(
        made -> {
          made.layers().forEach(each -> byLayer.put(each.target().layer().name(), each));
          skipped = made.skipped();
          firstSkipped = made.firstSkipped();
        });
    return survey.isPresent();
  }

  /** What the index says of the photos. */
  AtlasIndex.Photos entry() {
    return new AtlasIndex.Photos(
        folder.path().toString(), folder.names().size() - skipped, skipped);
  }

  /** Why the first file that could not be read could not; empty where all could. */
  Optional<String> firstSkipped() {
    return firstSkipped;
  }

  /** A layer with its photos, whose copies are written. */
  LayerEntry beside(LayerEntry layer, AtlasFiles files) {
    PhotoActivations activations = byLayer.get(layer.name());
    return activations == null
        ? layer
        : layer.withPictures(
            layer.pictures().stream().map(each -> beside(each, activations, files)).toList());
  }

  private FilterEntry beside(FilterEntry picture, PhotoActivations activations, AtlasFiles files) {
    List<Integer> filters = List.of(picture.filter());
    List<PhotoEntry> photos = new ArrayList<>();
    for (PhotoActivations.Excited excited : activations.top(filters, top)) {
      photos.add(
          new PhotoEntry(excited.photo(), copy(excited.photo(), files), excited.activation()));
    }
    return picture.with(activations.percentile(filters, picture.activation()), photos);
  }

  private String copy(String photo, AtlasFiles files) {
    String file = AtlasFiles.photo(photo);
    if (copied.add(file)) {
      Image seen = run.part(Image.read(folder.file(photo)));
      files.write(file, JpegFile.encode(LayerSheets.shrunk(seen, SIDE)));
    }
    return file;
  }
}
