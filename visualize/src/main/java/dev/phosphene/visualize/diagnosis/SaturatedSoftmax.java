package dev.phosphene.visualize.diagnosis;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A probability so near 0 or 1 that it passes no gradient on: that of a softmax is {@code p (1 -
 * p)} times that of the logits.
 */
final class SaturatedSoftmax implements Symptom {
  /**
   * Distance from 0 or 1, and norm of a gradient, that count as none: what remains is of the size
   * of float32's rounding.
   */
  private static final double NOTHING = 1e-6;

  @Override
  public Optional<Diagnosis> in(Course course) {
    List<Course.Step> saturated =
        course.steps().stream().filter(step -> isSaturated(course, step)).toList();
    if (!course.probabilities() || 2 * saturated.size() <= course.steps().size()) {
      return Optional.empty();
    }
    Course.Step last = saturated.get(saturated.size() - 1);
    return Optional.of(
        new Diagnosis(
            "saturated-softmax",
            String.format(
                Locale.ROOT,
                "The softmax is saturated: at %d of %d steps its probability passes no gradient on"
                    + " (%.3g at the last of them)",
                saturated.size(),
                course.steps().size(),
                Math.abs(last.objective())),
            "take the value before the softmax, as is done where the softmax is not asked for"));
  }

  private static boolean isSaturated(Course course, Course.Step step) {
    double probability = Math.abs(step.objective());
    return course.hasRegularizers()
        ? Math.min(probability, Math.abs(1 - probability)) < NOTHING
        : step.gradientNorm() < NOTHING;
  }
}
