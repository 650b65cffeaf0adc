package dev.phosphene.visualize.callback;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.image.AnimationFormat;
import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.image.PictureFormat;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Iteration;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Sheet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes an animation of pictures as they emerge, with the number of the step under each frame:
 * keras-vis' GifGenerator. Frames come at growing intervals, because most happens in the first
 * steps.
 *
 * <p>For runs of one batch: a frame shows all pictures at the same step. Where the run can be made
 * again, the file carries its record.
 */
public final class AnimationRecorder implements Iteration.Listener {
  /** Each frame comes this much later than the one before it. */
  private static final double GROWTH = 1.12;

  private static final int FRAME_MILLISECONDS = 120;

  /** The result stays in view this many frames. */
  private static final int FINAL_FRAMES = 14;

  private final Path file;
  private final AnimationFormat format;
  private final List<Image> frames = new ArrayList<>();
  private int next = 1;
  private int last;

  /**
   * An animation to be written into this file at the end of the run, in the format that its name
   * asks for.
   *
   * @throws PhospheneException where its name asks for none
   */
  public AnimationRecorder(Path file) {
    this.file = file;
    this.format =
        AnimationFormat.ofName(file)
            .orElseThrow(
                () ->
                    new PhospheneException(
                        "The name of an animation should end in %s, found %s"
                            .formatted(
                                String.join(" or ", PictureFormat.extensions(AnimationFormat.ALL)),
                                file)));
  }

  /**
   * Adds a frame.
   *
   * @throws PhospheneException where the run has several batches
   */
  @Override
  public void onIteration(Iteration iteration) {
    if (iteration.filters().size() < iteration.allPictures()) {
      throw new PhospheneException(
          "An animation shows at most %d of these pictures at once, found %d; choose fewer filters"
              .formatted(iteration.filters().size(), iteration.allPictures()));
    }
    if (iteration.number() == 1) { // another run begins
      frames.clear();
      next = 1;
      last = 0;
    }
    // The last frame is the result. How many steps there were to be is not said: a run that was
    // interrupted is to look like one that had fewer.
    if (iteration.number() >= next && iteration.number() < iteration.iterations()) {
      frames.add(frame(iteration.state().sheet(), "step " + iteration.number()));
      last = iteration.number();
      next = Math.max(next + 1, (int) Math.round(next * GROWTH));
    }
  }

  /** A callback that adds frames as this one, and leaves the end to {@link #write}. */
  public Iteration.Listener collecting() {
    return iteration -> onIteration(iteration);
  }

  private static Image frame(Image picture, String label) {
    return ContactSheet.of(List.of(picture), List.of(label)).render();
  }

  /** Writes all frames with the record of the run, if it can have one. */
  @Override
  public void onEnd(List<Picture> made, ActivationMaximization run) {
    write(made, run.sheet(), run.isRecordable() ? run.record(made).toJson() : "");
  }

  /**
   * Writes all frames, as a whole or not at all.
   *
   * @param sheet lays out the pictures made
   * @param record that the file carries; empty for none
   */
  public void write(List<Picture> made, Sheet sheet, String record) {
    if (made.stream().allMatch(picture -> picture.losses().isEmpty())) {
      return; // not one step could be taken: there is nothing to see
    }
    int steps = made.stream().mapToInt(picture -> picture.losses().size()).max().orElse(0);
    boolean isLastShown = last == steps; // only where the run was interrupted
    List<Image> shown =
        new ArrayList<>(isLastShown ? frames.subList(0, frames.size() - 1) : frames);
    Image result = frame(sheet.of(made), "result, step " + steps);
    for (int i = 0; i < FINAL_FRAMES; i++) {
      shown.add(result);
    }
    format.write(file, shown, FRAME_MILLISECONDS, record);
  }
}
