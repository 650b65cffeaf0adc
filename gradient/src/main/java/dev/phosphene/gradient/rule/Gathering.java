package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Gradients of Gather, GatherElements and GatherND: what came back to an element that was read is
 * added where it was read from.
 *
 * <p>For Gather with constant indices that do not repeat this is again a Gather; otherwise
 * ScatterElements adds. ONNX Runtime's ScatterND would add whole slices, but several threads of it
 * that meet at one slice lose sums of each other.
 */
final class Gathering {
  private Gathering() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("Gather", Gathering::gather, gathers()),
        GradientEntry.of(
            "GatherElements",
            Gathering::gatherElements,
            GradientCase.of("GatherElements", random(3, 3), indices(new long[] {1, 2, 0, 2}, 2, 2)),
            GradientCase.of(
                    "GatherElements", random(3, 3), indices(new long[] {0, 0, -1, 0, 2, 2}, 3, 2))
                .with("axis", 1)
                .named("axis 1, repeated and negative indices"),
            GradientCase.of("GatherElements", random(3, 3), shortIndices(2, 3, 2, 0, 1, -2, 2, 2))
                .with("axis", -2)
                .named("axis -2, indices of int32")),
        GradientEntry.of(
            "GatherND",
            Gathering::gatherCoordinates,
            GradientCase.of(
                "GatherND", random(3, 2, 2), indices(new long[] {0, 1, 2, -1, 0, 1}, 3, 2)),
            GradientCase.of("GatherND", random(3, 4), indices(new long[] {1, 1, 2}, 3, 1))
                .named("slices"),
            GradientCase.of("GatherND", random(2, 3, 4), indices(new long[] {2, 0}, 2, 1))
                .with("batch_dims", 1),
            GradientCase.of("GatherND", random(2, 2, 3), indices(new long[] {1, 2, 0, 0}, 2, 2, 1))
                .with("batch_dims", 2),
            GradientCase.of("GatherND", random(2, 3, 4), indices(new long[] {-1, 0}, 2, 1))
                .with("batch_dims", 1)
                .named("batch_dims 1, negative indices")));
  }

  private static List<GradientCase> gathers() {
    GradientCase.Input x = random(3, 4, 5);
    return List.of(
        GradientCase.of("Gather", x, fixed(Tensor.scalar(1L))).named("one index"),
        GradientCase.of("Gather", x, fixed(Tensor.scalar(-1L)))
            .with("axis", 1)
            .named("one negative index, axis 1"),
        GradientCase.of("Gather", x, integers(2, 0)).named("distinct indices"),
        GradientCase.of("Gather", x, integers(1, 2))
            .with("axis", -1)
            .named("neighbouring indices, axis -1"),
        GradientCase.of("Gather", x, integers(3, 1, 0, 2))
            .with("axis", 1)
            .named("permutation, axis 1"),
        GradientCase.of("Gather", x, integers(1, 1, -2)).named("repeated indices"),
        GradientCase.of("Gather", x, indices(new long[] {4, 0, 4, 4, 2, -5}, 3, 2))
            .with("axis", 2)
            .named("repeated indices of two axes, axis 2"),
        GradientCase.of("Gather", x, integers(-1, 2)).with("axis", -2).named("axis -2, index -1"),
        GradientCase.of("Gather", x, shortIndices(2, 2, 0, -1, 0, 2))
            .with("axis", -1)
            .named("repeated indices of int32"));
  }

  private static GradientCase.Input shortIndices(long rows, long columns, long... elements) {
    return fixed(Tensor.converted(ElementType.INT32, elements, rows, columns));
  }

  private static GradientCase.Input indices(long[] elements, long... sizes) {
    return fixed(Tensor.of(elements, sizes));
  }

  private static void gather(Backward backward) {
    long[] sizes = backward.sizes(backward.input(0));
    long given = backward.attributes().integer("axis", 0);
    int axis = (int) (given < 0 ? given + sizes.length : given);
    long count = backward.input(1).shape().elements();
    long[] flat = sizes.clone();
    flat[axis] = count;
    Value gradient = backward.reshape(backward.gradient(), flat);
    Optional<long[]> constant =
        backward.constantOf(backward.input(1)).map(indices -> fromFirst(indices, sizes[axis]));
    if (constant.isPresent() && areDistinct(constant.get())) {
      backward.give(0, gatherBack(backward, gradient, axis, constant.get(), sizes[axis]));
    } else {
      backward.give(0, scatter(backward, gradient, axis, count, sizes));
    }
  }

  private static long[] fromFirst(Tensor indices, long length) {
    return Arrays.stream(indices.toLongs()).map(i -> i < 0 ? i + length : i).toArray();
  }

  private static boolean areDistinct(long[] indices) {
    return indices.length > 0 && Arrays.stream(indices).distinct().count() == indices.length;
  }

  private static Value gatherBack(
      Backward backward, Value gradient, int axis, long[] indices, long length) {
    boolean areNeighbours =
        IntStream.range(1, indices.length).allMatch(i -> indices[i] == indices[i - 1] + 1);
    if (areNeighbours) {
      return Joining.placed(backward, gradient, axis, indices[0], length);
    }
    long[] source = new long[Math.toIntExact(length)];
    Arrays.fill(source, indices.length); // the zero that is added after the last
    for (int i = 0; i < indices.length; i++) {
      source[(int) indices[i]] = i;
    }
    boolean isPermutation = indices.length == length;
    Value from =
        isPermutation ? gradient : Joining.placed(backward, gradient, axis, 0, indices.length + 1L);
    return backward.apply("Gather", Attributes.of("axis", axis), from, backward.integers(source));
  }

  private static Value scatter(
      Backward backward, Value gradient, int axis, long count, long[] sizes) {
    long[] alongAxis = new long[sizes.length];
    Arrays.fill(alongAxis, 1);
    alongAxis[axis] = count;
    Value indices = backward.reshape(asInt64(backward, backward.input(1)), alongAxis);
    return addAt(backward, sizes, indices, gradient, axis);
  }

  /**
   * Zeros to which updates are added.
   *
   * @param indices where along one axis; broadcast to the shape of the updates
   */
  static Value addAt(Backward backward, long[] sizes, Value indices, Value updates, int axis) {
    return backward.apply(
        "ScatterElements",
        Attributes.of("axis", axis, "reduction", "add"),
        backward.expand(backward.scalarLike(updates, 0), sizes),
        backward.expand(indices, updates.shape().sizes()),
        updates);
  }

  private static void gatherElements(Backward backward) {
    Attributes attributes =
        Attributes.of("axis", backward.attributes().integer("axis", 0), "reduction", "add");
    Value zeros = backward.zerosLike(backward.input(0));
    backward.give(
        0,
        backward.apply(
            "ScatterElements", attributes, zeros, backward.input(1), backward.gradient()));
  }

  private static void gatherCoordinates(Backward backward) {
    int batchAxes = (int) backward.attributes().integer("batch_dims", 0);
    Value indices = backward.input(1);
    if (batchAxes > 0) {
      Value batch = batchCoordinates(backward, backward.sizes(indices), batchAxes);
      indices =
          backward.concatenate(indices.rank() - 1, List.of(batch, asInt64(backward, indices)));
    }
    long[] sizes = backward.sizes(backward.input(0));
    int indexed = (int) indices.size(-1);
    long slice = Shape.elements(Arrays.copyOfRange(sizes, indexed, sizes.length));
    long rows = Shape.elements(Arrays.copyOf(sizes, indexed));
    Value sums =
        addAt(
            backward,
            new long[] {rows, slice},
            rows(backward, indices, sizes),
            backward.reshape(backward.gradient(), -1, slice),
            0);
    backward.give(0, backward.reshape(sums, sizes));
  }

  /** For every index tuple, the row {@code [tuples, 1]} of the data with indexed axes as one. */
  private static Value rows(Backward backward, Value indices, long[] sizes) {
    int indexed = (int) indices.size(-1);
    Value tuples = backward.reshape(asInt64(backward, indices), -1, indexed);
    Value row = backward.constant(Tensor.scalar(0L));
    for (int axis = 0; axis < indexed; axis++) {
      Value size = backward.constant(Tensor.scalar(sizes[axis]));
      Value index = backward.slice(tuples, 1, axis, axis + 1);
      Value isNegative = backward.less(index, backward.constant(Tensor.scalar(0L)));
      Value fromFirst = backward.where(isNegative, backward.add(index, size), index);
      row = backward.add(backward.multiply(row, size), fromFirst);
    }
    return row;
  }

  private static Value asInt64(Backward backward, Value indices) {
    return backward.cast(indices, ElementType.INT64);
  }

  /** For every index tuple, the coordinates along the batch axes that GatherND leaves implicit. */
  private static Value batchCoordinates(Backward backward, long[] indexSizes, int batchAxes) {
    long[] sizes = indexSizes.clone();
    sizes[sizes.length - 1] = batchAxes;
    long[] coordinates = new long[Math.toIntExact(Shape.elements(sizes))];
    for (int i = 0; i < coordinates.length; i++) {
      int wanted = i % batchAxes;
      long position = i / batchAxes;
      for (int axis = sizes.length - 2; axis > wanted; axis--) {
        position /= sizes[axis];
      }
      coordinates[i] = position % sizes[wanted];
    }
    return backward.constant(Tensor.of(coordinates, sizes));
  }
}
