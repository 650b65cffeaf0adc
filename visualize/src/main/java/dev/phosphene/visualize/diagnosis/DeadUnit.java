package dev.phosphene.visualize.diagnosis;

import java.util.Optional;

/**
 * A unit that gives 0 for everything that was tried, with no gradient that says how to wake it: the
 * rectifier over it never opens.
 */
final class DeadUnit implements Symptom {
  @Override
  public Optional<Diagnosis> in(Course course) {
    boolean isSilent = course.steps().stream().allMatch(step -> step.objective() == 0);
    return course.isFlat() && isSilent
        ? Optional.of(
            new Diagnosis(
                "dead-unit",
                "The unit is dead: its activation and its gradient are 0 at all %d steps"
                    .formatted(course.steps().size()),
                "start from an input in which it is active, take another seed, or choose the layer"
                    + " before the rectifier"))
        : Optional.empty();
  }
}
