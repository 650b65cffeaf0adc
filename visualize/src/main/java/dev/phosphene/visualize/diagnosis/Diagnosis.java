package dev.phosphene.visualize.diagnosis;

import java.util.List;
import java.util.Optional;

/**
 * Why a picture shows little or nothing.
 *
 * @param kind such as {@code dead-unit}, for programs
 * @param finding what was seen, a sentence without its full stop
 * @param advice what to do about it, a sentence without capital and full stop
 */
public record Diagnosis(String kind, String finding, String advice) {
  /** Those that explain most come first: a dead unit is unreachable too. */
  private static final List<Symptom> SYMPTOMS =
      List.of(
          new NotFinite(),
          new DeadUnit(),
          new SaturatedSoftmax(),
          new DominantRegularizer(),
          new UnreachableObjective());

  /** The first thing that is wrong with a course; empty where nothing is. */
  public static Optional<Diagnosis> of(Course course) {
    return SYMPTOMS.stream().flatMap(symptom -> symptom.in(course).stream()).findFirst();
  }

  /** Finding and advice on one line. */
  public String words() {
    return finding + "; " + advice;
  }
}
