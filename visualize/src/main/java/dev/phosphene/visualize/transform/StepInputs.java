package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Value;
import java.util.Random;

/** Inputs of a step's graph that are drawn anew at each step. */
@FunctionalInterface
public interface StepInputs {
  /**
   * Adds an input to the step.
   *
   * @param name shown in errors; need not be unique
   * @param sizes of one picture's part; the input is {@code [N, sizes...]}
   */
  Value declare(String name, Sampler sampler, long... sizes);

  /** Draws one picture's part of an input; for several pictures at once, from several threads. */
  @FunctionalInterface
  interface Sampler {
    /**
     * Draws for one picture and one step.
     *
     * @param random belongs to the picture, so that a picture does not depend on its batch
     */
    float[] draw(Random random);
  }
}
