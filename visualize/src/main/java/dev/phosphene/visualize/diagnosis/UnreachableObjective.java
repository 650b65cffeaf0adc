package dev.phosphene.visualize.diagnosis;

import java.util.Locale;
import java.util.Optional;

/** An objective that does not follow from the input, or that no step improved. */
final class UnreachableObjective implements Symptom {
  private static final String KIND = "unreachable-objective";

  @Override
  public Optional<Diagnosis> in(Course course) {
    if (course.isFlat()) {
      return Optional.of(
          new Diagnosis(
              KIND,
              String.format(
                  Locale.ROOT,
                  "Nothing in the input changes the objective: it is %.3g, and its gradient 0, at"
                      + " all %d steps",
                  course.early(Course.Step::objective),
                  course.steps().size()),
              "start from another input or seed, or choose another unit or an earlier layer"));
    }
    double early = course.early(Course.Step::objective);
    double late = course.late(Course.Step::objective);
    return course.descends() && course.hasTrend() && late >= early
        ? Optional.of(
            new Diagnosis(
                KIND,
                String.format(
                    Locale.ROOT,
                    "The objective did not improve: it went from %.3g to %.3g",
                    early,
                    late),
                "take more or smaller steps, another seed, or another unit"))
        : Optional.empty();
  }
}
