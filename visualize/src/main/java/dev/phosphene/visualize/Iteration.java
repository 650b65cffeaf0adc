package dev.phosphene.visualize;

import dev.phosphene.image.Image;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/**
 * What a callback sees after each step.
 *
 * @param filters of each picture of the batch
 * @param number of the step within the batch, from 1
 * @param iterations how many steps the batch takes
 * @param finishedPictures pictures of batches before this one
 * @param allPictures how many pictures the whole run makes
 * @param losses of each picture, at the input before the step
 * @param state inputs, gradients and pictures after the step
 */
public record Iteration(
    List<List<Integer>> filters,
    int number,
    int iterations,
    int finishedPictures,
    int allPictures,
    List<Losses> losses,
    State state) {

  /** A callback: called on the thread that was asked for the pictures. */
  @FunctionalInterface
  public interface Listener {
    /** Called after each step of a batch. */
    void onIteration(Iteration iteration);

    /**
     * Called after the last step of the last batch, or when the run was interrupted and some of it
     * is kept.
     *
     * @param made the result, one picture or more
     * @param run that made it
     */
    default void onEnd(List<Picture> made, ActivationMaximization run) {}
  }

  /** How the pictures of a batch stand; computed when asked for, and only during the callback. */
  public interface State {
    /** What the pictures look like after the step. */
    List<Image> pictures();

    /** The pictures as one: itself where there is one, else a labelled contact sheet. */
    Image sheet();

    /** What the network takes: of each picture float32 {@code [1, ...]} in its layout and units. */
    List<Tensor> inputs();

    /**
     * The gradient of each picture along which the step descended, after its modifier: in the shape
     * of the input where the recipe optimizes the input itself, else in that of its parameters.
     */
    List<Tensor> gradients();
  }

  public Iteration {
    filters = List.copyOf(filters);
    losses = List.copyOf(losses);
  }
}
