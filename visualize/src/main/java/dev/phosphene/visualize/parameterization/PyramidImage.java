package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.transform.AxisProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A Laplacian pyramid: the sum of images of falling resolution, each enlarged by linear
 * interpolation (Burt and Adelson 1983, "The Laplacian Pyramid as a Compact Image Code"), in
 * decorrelated colours, through a sigmoid. Descent changes large areas as readily as single pixels,
 * as with {@link FourierImage}, but each change stays where it is.
 *
 * <p>Level l has axes of length ceil(L / 2^l). Parameters are {@code [C, positions of all levels]},
 * the finest first.
 *
 * @param levels at most so many, in [1, 16]; there are none beyond that of one position
 * @param deviation of the random numbers to start with, in [0, 1e6]
 */
public record PyramidImage(int levels, double deviation) implements Parameterization {
  /** Down to a few positions for pictures of common sizes. */
  public static final PyramidImage NATURAL = new PyramidImage(6, 0.01);

  /** Levels add up, so each moves the picture as little as a wave of {@link FourierImage}. */
  private static final DecorrelatedColours COLOURS = new DecorrelatedColours(0.25);

  /**
   * Checks the numbers.
   *
   * @throws PhospheneException where one is out of range
   */
  public PyramidImage {
    if (levels < 1 || levels > 16) {
      throw new PhospheneException("The number of levels should be in [1, 16], found " + levels);
    }
    if (!(deviation >= 0 && deviation <= 1e6)) {
      throw new PhospheneException("The deviation should be in [0, 1e6], found " + deviation);
    }
  }

  @Override
  public Units units() {
    return Units.DISPLAY;
  }

  /** Axes of each level, the finest first. */
  private List<List<Integer>> levelsOf(ImageSize size) {
    List<List<Integer>> found = new ArrayList<>();
    List<Integer> axes = size.spatial();
    for (int level = 0; level < levels; level++) {
      found.add(axes);
      if (axes.stream().allMatch(length -> length == 1)) {
        break;
      }
      axes = axes.stream().map(length -> (length + 1) / 2).toList();
    }
    return found;
  }

  private static int positions(List<Integer> axes) {
    return axes.stream().reduce(1, (a, b) -> a * b);
  }

  @Override
  public long[] parameters(ImageSize size) {
    long positions = levelsOf(size).stream().mapToLong(PyramidImage::positions).sum();
    return new long[] {size.channels(), positions};
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    float[] numbers = new float[(int) (parameters(size)[0] * parameters(size)[1])];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (deviation * random.nextGaussian());
    }
    return numbers;
  }

  @Override
  public float[] from(float[] image, ImageSize size) {
    double[] rest = COLOURS.from(image, size);
    List<List<Integer>> all = levelsOf(size);
    int row = (int) parameters(size)[1];
    int channels = size.channels();
    float[] parameters = new float[channels * row];
    int end = row;
    for (int level = all.size() - 1; level >= 0; level--) {
      // What coarser levels left over, averaged to this one; the finest takes all the rest.
      double[] here = along(rest, size.spatial(), all.get(level), true);
      double[] shown = along(here, all.get(level), size.spatial(), false);
      for (int i = 0; i < rest.length; i++) {
        rest[i] -= shown[i];
      }
      int positions = positions(all.get(level));
      end -= positions;
      for (int i = 0; i < here.length; i++) {
        parameters[i / positions * row + end + i % positions] = (float) here[i];
      }
    }
    return parameters;
  }

  /** Maps an array {@code [..., axes...]} to other lengths of its axes. */
  private static double[] along(
      double[] array, List<Integer> from, List<Integer> to, boolean averaged) {
    double[] result = array.clone();
    int after = 1;
    for (int axis = from.size() - 1; axis >= 0; axis--) {
      double[][] weights =
          averaged
              ? averaging(from.get(axis), to.get(axis))
              : enlarging(from.get(axis), to.get(axis));
      int before = result.length / from.get(axis) / after;
      double[] mapped = new double[before * to.get(axis) * after];
      for (int i = 0; i < before; i++) {
        for (int o = 0; o < to.get(axis); o++) {
          for (int k = 0; k < from.get(axis); k++) {
            double weight = weights[o][k];
            for (int j = 0; weight != 0 && j < after; j++) {
              mapped[(i * to.get(axis) + o) * after + j] +=
                  weight * result[(i * from.get(axis) + k) * after + j];
            }
          }
        }
      }
      result = mapped;
      after *= to.get(axis);
    }
    return result;
  }

  /** From a coarse axis to a fine one, by linear interpolation between positions' middles. */
  private static double[][] enlarging(int coarse, int fine) {
    double[][] matrix = new double[fine][coarse];
    for (int position = 0; position < fine; position++) {
      double place = (position + 0.5) * coarse / fine - 0.5;
      double inside = Math.max(0, Math.min(coarse - 1, place));
      int before = (int) inside;
      matrix[position][before] += 1 - (inside - before);
      matrix[position][Math.min(coarse - 1, before + 1)] += inside - before;
    }
    return matrix;
  }

  /** From a fine axis to a coarse one: the mean of the positions that lie in each. */
  private static double[][] averaging(int fine, int coarse) {
    double[][] matrix = new double[coarse][fine];
    for (int position = 0; position < coarse; position++) {
      double start = (double) position * fine / coarse;
      double end = (double) (position + 1) * fine / coarse;
      for (int k = 0; k < fine; k++) {
        double share = Math.min(end, k + 1) - Math.max(start, k);
        matrix[position][k] = Math.max(0, share) / (end - start);
      }
    }
    return matrix;
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    long pictures = parameters.size(0);
    Value sum = null;
    int first = 0;
    for (List<Integer> axes : levelsOf(size)) {
      int next = first + positions(axes);
      long[] sizes = new long[axes.size() + 2];
      sizes[0] = pictures;
      sizes[1] = size.channels();
      for (int axis = 0; axis < axes.size(); axis++) {
        sizes[axis + 2] = axes.get(axis);
      }
      Value level = graph.reshape(graph.slice(parameters, 2, first, next), sizes);
      for (int axis = 0; axis < axes.size() && first > 0; axis++) {
        Tensor matrix = enlargement(axes.get(axis), size.spatial().get(axis));
        level = AxisProduct.along(graph, graph.constant(matrix), level, axis + 2);
      }
      sum = sum == null ? level : graph.add(sum, level);
      first = next;
    }
    return COLOURS.build(graph, sum, size);
  }

  /** {@code [fine, coarse]}: the matrix of linear interpolation along an axis. */
  static Tensor enlargement(int coarse, int fine) {
    double[][] rows = enlarging(coarse, fine);
    float[] elements = new float[rows.length * rows[0].length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) rows[i / rows[0].length][i % rows[0].length];
    }
    return Tensor.of(elements, rows.length, rows[0].length);
  }
}
