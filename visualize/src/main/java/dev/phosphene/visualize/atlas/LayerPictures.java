package dev.phosphene.visualize.atlas;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.PngFile;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.ActivationMeter;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Sheet;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.atlas.AtlasIndex.FilterEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Makes the pictures of a layer, and writes each batch when it is finished. */
public final class LayerPictures {
  private final ActivationMaximization run;
  private final AtlasFiles files;

  /** A file that could not be written: no fault of the layer, so the whole work ends. */
  static final class UnwritableException extends PhospheneException {
    private static final long serialVersionUID = 1L;

    UnwritableException(PhospheneException cause) {
      super(String.valueOf(cause.getMessage()), cause);
    }
  }

  /**
   * Prepares the work.
   *
   * @param run model, recipe, seed and all other settings; its layer and filters are changed
   */
  public LayerPictures(ActivationMaximization run, AtlasFiles files) {
    this.run = run;
    this.files = files;
  }

  /**
   * Makes pictures. Where the thread is interrupted, it stops after the step under way, and those
   * of finished batches are there.
   *
   * @param finished gets what the index says of the pictures of each batch, after they are written
   * @throws PhospheneException where the layer cannot be visualized
   */
  public void make(LayerWork work, Consumer<List<FilterEntry>> finished) {
    Target target = work.target();
    String folder = AtlasFiles.layer(target.layer());
    run.layer(target.layer().name()).pictures(work.filters().stream().map(List::of).toList());
    try (ActivationMeter meter = ActivationMeter.of(run, List.of(target), work.filters().size())) {
      run.runEach(
          batch -> {
            List<Picture> whole =
                batch.stream()
                    .filter(picture -> picture.outcome() != Picture.Outcome.INTERRUPTED)
                    .toList();
            List<List<float[]>> measured =
                meter.measure(whole.stream().map(Picture::input).toList());
            List<FilterEntry> entries = new ArrayList<>();
            for (int i = 0; i < whole.size(); i++) {
              entries.add(written(whole.get(i), folder, measured.get(i).get(0)));
            }
            accept(finished, entries);
          });
    }
  }

  private FilterEntry written(Picture picture, String folder, float[] activations) {
    int filter = picture.filters().get(0);
    String file = AtlasFiles.picture(folder, filter);
    byte[] png =
        PngFile.encode(
            picture.image(), Map.of(PngFile.RECIPE_KEYWORD, run.record(List.of(picture)).toJson()));
    try {
      files.write(file, png);
    } catch (PhospheneException e) {
      throw new UnwritableException(e);
    }
    Sheet sheet = run.sheet();
    return new FilterEntry(
        filter,
        sheet.label(picture.filters()),
        file,
        activations[filter],
        picture.outcome().name().toLowerCase(Locale.ROOT),
        picture.losses().size(),
        picture.diagnosis().orElse(null),
        null,
        List.of());
  }

  private static void accept(Consumer<List<FilterEntry>> finished, List<FilterEntry> entries) {
    try {
      finished.accept(entries);
    } catch (PhospheneException e) {
      throw new UnwritableException(e);
    }
  }
}
