package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Random;

/**
 * Linear maps of each axis by itself that are drawn for each picture at each step, as matrices. The
 * image stays as large as it is; what lies outside it is its mirror image.
 */
final class AxisMatrices {
  private AxisMatrices() {}

  /** What the positions of an axis are computed from. */
  @FunctionalInterface
  interface Map {
    /** Adds to a row of the matrix, given zeros, what a position of the output is made of. */
    void addTo(Row row, int position);

    /**
     * Reads along the axis by linear interpolation.
     *
     * @param source of an output position, the coordinate that it is read at: 0 is the middle of
     *     the first position, L - 1 that of the last
     */
    static Map reading(Source source) {
      return (row, position) -> {
        double coordinate = source.of(position);
        long before = (long) Math.floor(coordinate);
        double share = coordinate - before;
        row.add(before, 1 - share);
        row.add(before + 1, share);
      };
    }
  }

  /** Where along an axis the positions of the output are read. */
  @FunctionalInterface
  interface Source {
    /** The coordinate of an output position. */
    double of(int position);
  }

  /** A row of a matrix. */
  record Row(float[] matrices, int first, int length) {
    /** Adds a weight at a position in the image, or at that of which the place is the mirror. */
    void add(long place, double weight) {
      matrices[first + mirrored(place, length)] += (float) weight;
    }
  }

  /** Draws for one picture. */
  @FunctionalInterface
  interface Draw {
    /** The map of each axis. */
    Map[] draw(Random random);
  }

  /** The position that stands at a place in or outside the image. */
  static int mirrored(long place, int length) {
    long folded = Math.floorMod(place, 2L * length);
    return (int) (folded < length ? folded : 2L * length - 1 - folded);
  }

  /**
   * Adds the mapped images.
   *
   * @param name of the input that is drawn at each step
   */
  static Value apply(Emitter graph, Value images, StepInputs inputs, String name, Draw draw) {
    int[] lengths = lengths(images);
    int elements = 0;
    for (int length : lengths) {
      elements += length * length;
    }
    if (elements == 0) {
      return images;
    }
    int all = elements;
    Value drawn =
        inputs.declare(name, random -> matrices(draw.draw(random), lengths, all), elements);
    Value result = images;
    int first = 0;
    for (int axis = 0; axis < lengths.length; axis++) {
      int length = lengths[axis];
      int next = first + length * length;
      Value part = lengths.length == 1 ? drawn : graph.slice(drawn, 1, first, next);
      Value matrix = graph.reshape(part, images.size(0), length, length);
      result = AxisProduct.along(graph, matrix, result, axis + 2);
      first = next;
    }
    return result;
  }

  /** Lengths of the axes after the channels. */
  static int[] lengths(Value images) {
    int[] lengths = new int[images.rank() - 2];
    for (int axis = 0; axis < lengths.length; axis++) {
      lengths[axis] = (int) images.size(axis + 2);
    }
    return lengths;
  }

  private static float[] matrices(Map[] maps, int[] lengths, int elements) {
    float[] matrices = new float[elements];
    int first = 0;
    for (int axis = 0; axis < lengths.length; axis++) {
      for (int position = 0; position < lengths[axis]; position++) {
        maps[axis].addTo(new Row(matrices, first, lengths[axis]), position);
        first += lengths[axis];
      }
    }
    return matrices;
  }
}
