package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Random;

/**
 * Linear interpolation along each axis by itself, as a matrix an axis. A coordinate counts
 * positions: 0 is the middle of the first, L - 1 that of the last. What lies outside the image is
 * its mirror image.
 */
final class Interpolation {
  private Interpolation() {}

  /** Where along an axis the positions of the output are read. */
  @FunctionalInterface
  interface Source {
    /** The coordinate of an output position. */
    double of(int position);
  }

  /** Draws for one picture where to read along each axis. */
  @FunctionalInterface
  interface Sources {
    /** One for each axis, of {@code axes} axes. */
    Source[] draw(Random random, int axes);
  }

  /** The position that stands at a place in or outside the image. */
  static int mirrored(long place, int length) {
    long folded = Math.floorMod(place, 2L * length);
    return (int) (folded < length ? folded : 2L * length - 1 - folded);
  }

  /**
   * Adds images that are read elsewhere along each axis, and are as large as before.
   *
   * @param name of the input that it draws at each step
   */
  static Value along(Emitter graph, Value images, StepInputs inputs, String name, Sources sources) {
    int axes = images.rank() - 2;
    int[] lengths = new int[axes];
    int total = 0;
    for (int axis = 0; axis < axes; axis++) {
      lengths[axis] = (int) images.size(axis + 2);
      total += lengths[axis] * lengths[axis];
    }
    if (axes == 0) {
      return images;
    }
    int elements = total;
    Value drawn =
        inputs.declare(
            name, random -> matrices(sources.draw(random, axes), lengths, elements), elements);
    Value result = images;
    int first = 0;
    for (int axis = 0; axis < axes; axis++) {
      int count = lengths[axis] * lengths[axis];
      Value part = axes == 1 ? drawn : graph.slice(drawn, 1, first, first + count);
      Value matrix = graph.reshape(part, images.size(0), lengths[axis], lengths[axis]);
      result = AxisProduct.along(graph, matrix, result, axis + 2);
      first += count;
    }
    return result;
  }

  private static float[] matrices(Source[] sources, int[] lengths, int elements) {
    float[] matrices = new float[elements];
    int first = 0;
    for (int axis = 0; axis < lengths.length; axis++) {
      for (int position = 0; position < lengths[axis]; position++) {
        addRow(matrices, first, lengths[axis], sources[axis].of(position));
        first += lengths[axis];
      }
    }
    return matrices;
  }

  private static void addRow(float[] matrices, int first, int length, double coordinate) {
    long before = (long) Math.floor(coordinate);
    float share = (float) (coordinate - before);
    matrices[first + mirrored(before, length)] += 1 - share;
    matrices[first + mirrored(before + 1, length)] += share;
  }
}
