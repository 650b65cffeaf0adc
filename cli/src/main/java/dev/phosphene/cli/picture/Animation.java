package dev.phosphene.cli.picture;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.GifFile;
import dev.phosphene.image.Image;
import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.RunRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures as they emerge: after steps at growing intervals, because most happens in the first.
 *
 * <p>For runs of one batch: a frame shows all pictures at the same step.
 */
public final class Animation implements Iteration.Listener {
  /** Each frame comes this much later than the one before it. */
  private static final double GROWTH = 1.12;

  private static final int FRAME_MILLISECONDS = 120;

  /** The result stays in view this many frames. */
  private static final int FINAL_FRAMES = 14;

  private final Sheet sheet;
  private final List<Image> frames = new ArrayList<>();
  private int next = 1;

  public Animation(Sheet sheet) {
    this.sheet = sheet;
  }

  @Override
  public void onIteration(Iteration iteration) {
    if (iteration.filters().size() < iteration.allPictures()) {
      throw new PhospheneException(
          "An animation shows at most %d of these pictures at once, found %d; choose fewer filters"
              .formatted(iteration.filters().size(), iteration.allPictures()));
    }
    if (iteration.number() >= next || iteration.number() == iteration.iterations()) {
      Image picture = sheet.of(iteration.pictures().get(), iteration.filters());
      String label = "step %d of %d".formatted(iteration.number(), iteration.iterations());
      frames.add(ContactSheet.of(List.of(picture), List.of(label)).render());
      next = Math.max(next + 1, (int) Math.round(next * GROWTH));
    }
  }

  /** Writes all frames, with the record of the run. */
  public void write(Path file, RunRecord record) {
    List<Image> shown = new ArrayList<>(frames);
    for (int i = 1; i < FINAL_FRAMES; i++) {
      shown.add(frames.get(frames.size() - 1));
    }
    GifFile.write(file, shown, FRAME_MILLISECONDS, record.toJson());
  }
}
