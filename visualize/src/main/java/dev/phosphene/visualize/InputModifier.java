package dev.phosphene.visualize;

import dev.phosphene.tensor.Tensor;
import java.util.Random;

/**
 * A change of one's own to the input before or after each step, as keras-vis' input modifiers. For
 * recipes that optimize the input itself; what is to be differentiated, such as jitter, is a {@link
 * dev.phosphene.visualize.transform.Transform}.
 *
 * <p>{@code pre} of several modifiers is applied in their order, {@code post} in reverse order.
 */
public interface InputModifier {
  /**
   * Called before the losses of a step are computed.
   *
   * @param input {@code [1, ...]} in the model's layout and units
   * @param random belongs to the picture and follows from the run's seed
   * @return of the same shape
   */
  default Tensor pre(Tensor input, Random random) {
    return input;
  }

  /**
   * Called after a step was taken, before the input counts as a result.
   *
   * @param input {@code [1, ...]} in the model's layout and units
   * @param random belongs to the picture and follows from the run's seed
   * @return of the same shape
   */
  default Tensor post(Tensor input, Random random) {
    return input;
  }
}
