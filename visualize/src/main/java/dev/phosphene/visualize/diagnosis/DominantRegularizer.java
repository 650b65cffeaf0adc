package dev.phosphene.visualize.diagnosis;

import java.util.Locale;
import java.util.Optional;

/** Steps that made the regularizers smaller, and the objective no better or next to nothing. */
final class DominantRegularizer implements Symptom {
  /** How many times the objective the regularizers are, at the end, where they outweigh it. */
  private static final double OUTWEIGHING = 10;

  /** Share of what the regularizers fell by, below which what the objective gained is nothing. */
  private static final double NEGLIGIBLE = 0.01;

  @Override
  public Optional<Diagnosis> in(Course course) {
    if (!course.hasRegularizers() || !course.descends() || !course.hasTrend() || course.isFlat()) {
      return Optional.empty();
    }
    double gain = course.early(Course.Step::objective) - course.late(Course.Step::objective);
    double relief =
        course.early(Course.Step::regularizers) - course.late(Course.Step::regularizers);
    boolean stillLarge =
        course.late(Course.Step::regularizers)
            > OUTWEIGHING * Math.abs(course.late(Course.Step::objective));
    boolean dominates = relief > 0 && (gain <= 0 || (stillLarge && gain < NEGLIGIBLE * relief));
    return !dominates
        ? Optional.empty()
        : Optional.of(
            new Diagnosis(
                "dominant-regularizer",
                String.format(
                    Locale.ROOT,
                    "The regularizers outweigh the objective: they fell from %.3g to %.3g while it"
                        + " went from %.3g to %.3g (lower is better)",
                    course.early(Course.Step::regularizers),
                    course.late(Course.Step::regularizers),
                    course.early(Course.Step::objective),
                    course.late(Course.Step::objective)),
                "give them smaller weights, or leave them out with weight 0"));
  }
}
