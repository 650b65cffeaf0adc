package dev.phosphene.visualize.diagnosis;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What is known of how a picture was optimized.
 *
 * @param steps that were taken
 * @param broken the step at which a number was NaN or infinite, which was not taken; empty where
 *     there was none
 * @param iterations how many steps were asked for
 * @param hasRegularizers whether anything but the objective was minimized
 * @param probabilities whether the objective is over the output of a softmax
 * @param descends whether steps go against the gradient: false where a gradient modifier was chosen
 */
public record Course(
    List<Step> steps,
    Optional<Step> broken,
    int iterations,
    boolean hasRegularizers,
    boolean probabilities,
    boolean descends) {

  /**
   * One step, seen before it is taken.
   *
   * @param terms each loss by its label, before it is weighted
   * @param objective weighted mean of the losses that are no regularizers; it is minimized, so an
   *     activation counts negative
   * @param regularizers weighted sum of the others, in the same units
   * @param gradientNorm L2 norm of the gradient of all losses at what is optimized
   */
  public record Step(
      Map<String, Double> terms, double objective, double regularizers, double gradientNorm) {
    public Step {
      terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
    }
  }

  public Course {
    steps = List.copyOf(steps);
  }

  /** Whether the objective never changed, nor could: nothing was known of where to go. */
  boolean isFlat() {
    return !steps.isEmpty()
        && (hasRegularizers
            ? steps.size() > 1
                && steps.stream().mapToDouble(Step::objective).distinct().count() == 1
            : steps.stream().allMatch(step -> step.gradientNorm() == 0));
  }

  /** Whether there are enough steps to tell how a number went. */
  boolean hasTrend() {
    return steps.size() >= 8; // two in a quarter
  }

  /** Mean of a number over the first quarter of the steps. */
  double early(ToDoubleFunction<Step> number) {
    return mean(steps.subList(0, quarter()), number);
  }

  /** Mean of a number over the last quarter of the steps. */
  double late(ToDoubleFunction<Step> number) {
    return mean(steps.subList(steps.size() - quarter(), steps.size()), number);
  }

  private int quarter() {
    return Math.max(1, steps.size() / 4);
  }

  private static double mean(List<Step> some, ToDoubleFunction<Step> number) {
    return some.stream().mapToDouble(number).average().orElse(Double.NaN);
  }
}
