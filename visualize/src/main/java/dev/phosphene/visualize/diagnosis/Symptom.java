package dev.phosphene.visualize.diagnosis;

import java.util.Optional;

/** A way in which an optimization can show nothing. */
interface Symptom {
  /** What is wrong and what to do, where this is seen. */
  Optional<Diagnosis> in(Course course);
}
