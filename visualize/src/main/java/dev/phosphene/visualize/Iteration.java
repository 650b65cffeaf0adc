package dev.phosphene.visualize;

import dev.phosphene.image.Image;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a callback sees after each step.
 *
 * @param filters of each picture of the batch
 * @param number of the step within the batch, from 1
 * @param iterations how many steps the batch takes
 * @param finishedPictures pictures of batches before this one
 * @param allPictures how many pictures the whole run makes
 * @param losses of each picture, at the input before the step
 * @param pictures what the pictures look like after the step; computed when asked for, and only
 *     during the callback
 */
public record Iteration(
    List<List<Integer>> filters,
    int number,
    int iterations,
    int finishedPictures,
    int allPictures,
    List<Losses> losses,
    Supplier<List<Image>> pictures) {

  /** Called after each step, on the thread that runs the optimization. */
  @FunctionalInterface
  public interface Listener {
    void onIteration(Iteration iteration);
  }

  public Iteration {
    filters = List.copyOf(filters);
    losses = List.copyOf(losses);
  }
}
