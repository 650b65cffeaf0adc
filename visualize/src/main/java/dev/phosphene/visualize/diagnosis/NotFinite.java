package dev.phosphene.visualize.diagnosis;

import java.util.Optional;

/** A loss or the gradient became NaN or infinite. */
final class NotFinite implements Symptom {
  @Override
  public Optional<Diagnosis> in(Course course) {
    return course.broken().map(step -> diagnosis(course, step));
  }

  private static Diagnosis diagnosis(Course course, Course.Step step) {
    int number = course.steps().size() + 1;
    String what =
        step.terms().entrySet().stream()
            .filter(term -> !Double.isFinite(term.getValue()))
            .findFirst()
            .map(term -> "The loss \"%s\" is %s".formatted(term.getKey(), name(term.getValue())))
            .orElse("The gradient is " + name(step.gradientNorm()));
    return new Diagnosis(
        "not-finite",
        "%s at step %d of %d".formatted(what, number, course.iterations()),
        number == 1
            ? "check what the network expects (value range, mean, deviation), or choose an earlier"
                + " layer"
            : "the picture is the one before; take fewer steps, smaller ones, or another seed");
  }

  private static String name(double number) {
    return Double.isNaN(number) ? "NaN" : "infinite";
  }
}
