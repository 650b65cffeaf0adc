package dev.phosphene.cli.console;

import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.atlas.Atlas;
import dev.phosphene.visualize.atlas.AtlasIndex.LayerEntry;
import dev.phosphene.visualize.atlas.LayerWork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows how far an atlas is: a bar over all pictures, and a line for each layer. */
public final class AtlasDisplay implements Atlas.Listener, Iteration.Listener, AutoCloseable {
  private final Console console;
  private final long steps;
  private final int iterations;
  private long before;
  private long wanted;
  private @Nullable Progress photos;
  private @Nullable Progress pictures;

  /**
   * Shows nothing yet.
   *
   * @param iterations that each picture takes
   */
  public AtlasDisplay(Console console, Atlas atlas, List<LayerWork> plan, int iterations) {
    this.console = console;
    this.iterations = iterations;
    this.steps =
        plan.stream().mapToLong(work -> atlas.missing(work).filters().size()).sum() * iterations;
  }

  @Override
  public void onPhotos(int done, int all) {
    console.begin();
    if (photos == null) {
      photos = console.progress("Photos", all);
    }
    photos.at(done);
  }

  @Override
  public void onLayer(int number, int layers, LayerWork missing, int kept) {
    console.begin();
    if (photos != null) {
      photos.close();
      photos = null;
    }
    if (pictures == null) {
      pictures = console.progress("Pictures", steps);
    }
    before += wanted;
    wanted = (long) missing.filters().size() * iterations;
    pictures.say("layer %d of %d".formatted(number, layers));
    if (kept > 0) {
      console.detail(
          "Layer \"%s\": %d pictures are there".formatted(missing.target().layer().name(), kept));
    }
  }

  @Override
  public void onIteration(Iteration iteration) {
    if (pictures != null) {
      pictures.at(
          before
              + (long) iteration.finishedPictures() * iterations
              + (long) iteration.filters().size() * iteration.number());
    }
  }

  @Override
  public void onLayerEnd(int number, int layers, LayerEntry layer) {
    console.note(
        "Layer %d of %d, \"%s\": %s"
            .formatted(
                number,
                layers,
                layer.name(),
                layer.problem().isEmpty() ? "pictures: " + layer.pictures().size() : "not shown"));
  }

  @Override
  public void close() {
    if (photos != null) {
      photos.close();
    }
    if (pictures != null) {
      pictures.close();
    }
  }
}
