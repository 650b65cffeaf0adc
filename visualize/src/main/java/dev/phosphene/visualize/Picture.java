package dev.phosphene.visualize;

import dev.phosphene.image.Image;
import dev.phosphene.image.Layout;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A result of activation maximization.
 *
 * @param filters that it excites
 * @param image what it looks like
 * @param input what the network takes: float32 {@code [1, ...]} in the model's own layout and units
 * @param lastInput the input after the last step, where the recipe keeps another one
 * @param lastGradient along which the last step descended, after its modifier: in the shape of the
 *     input where the recipe optimizes the input itself, else in that of its parameters
 * @param losses at each step, before the step; as many as steps were taken
 * @param weights by which each loss counted, by its label; measured where the recipe gives those of
 *     regularizers relative to the rest
 * @param outcome how the optimization ended
 * @param importance of each position {@code [...]} in [0, 1], where the recipe keeps it: the sum
 *     over steps and channels of the magnitude of the gradient there, divided by its largest value
 * @param diagnosis why it shows little or nothing; empty where nothing is wrong
 */
public record Picture(
    List<Integer> filters,
    Image image,
    Tensor input,
    Tensor lastInput,
    Tensor lastGradient,
    List<Losses> losses,
    Map<String, Double> weights,
    Outcome outcome,
    Optional<Tensor> importance,
    Optional<Diagnosis> diagnosis) {

  /** The share of positions that are less than opaque where only what mattered is seen. */
  private static final double OPAQUE_FROM = 0.8;

  /** How an optimization ended. */
  public enum Outcome {
    /** All steps were taken. */
    FINISHED,
    /** The loss got no lower for as many steps as the recipe is patient. */
    PLATEAU,
    /** It was interrupted; the picture is the result so far. */
    INTERRUPTED,
    /** A loss or gradient became NaN or infinite; the picture is the result before that. */
    DIVERGED
  }

  public Picture {
    filters = List.copyOf(filters);
    losses = List.copyOf(losses);
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
  }

  /**
   * How much of each position is seen where only what mattered is: a gray picture, the importance
   * divided by its 80th percentile and clipped, so that the most important fifth is all there (Fel
   * and others 2023, as their own pictures are).
   *
   * @return empty where no importance is kept or the input is no picture
   */
  public Optional<Image> opacity() {
    return importance
        .filter(map -> map.rank() == 2)
        .map(
            map -> {
              float[] opacity = map.toFloats();
              float[] sorted = opacity.clone();
              Arrays.sort(sorted);
              float whole = sorted[(int) Math.ceil(OPAQUE_FROM * sorted.length) - 1];
              for (int i = 0; i < opacity.length; i++) {
                opacity[i] /= Math.max(whole, Float.MIN_NORMAL);
              }
              Tensor gray = Tensor.of(opacity, 1, map.sizes()[0], map.sizes()[1]);
              return Image.fromTensor(gray, Layout.CHANNELS_FIRST).get(0);
            });
  }

  /** The lowest overall loss of all steps. */
  public double lowestLoss() {
    return losses.stream().mapToDouble(Losses::overall).min().orElse(Double.NaN);
  }
}
