package dev.phosphene.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The sizes of a value along its axes, some of which may not be known; the rank too may be not. */
public final class Shape {
  private static final Shape UNKNOWN = new Shape(null);
  private static final Shape SCALAR = new Shape(List.of());

  private final @Nullable List<Dimension> dimensions;

  private Shape(@Nullable List<Dimension> dimensions) {
    this.dimensions = dimensions;
  }

  /** A shape whose rank is not known. */
  public static Shape unknown() {
    return UNKNOWN;
  }

  public static Shape scalar() {
    return SCALAR;
  }

  /** A shape of these sizes, -1 for a size that is not known. */
  public static Shape of(long... sizes) {
    List<Dimension> dimensions = new ArrayList<>(sizes.length);
    for (long size : sizes) {
      dimensions.add(Dimension.of(size));
    }
    return new Shape(List.copyOf(dimensions));
  }

  public static Shape of(List<Dimension> dimensions) {
    return new Shape(List.copyOf(dimensions));
  }

  /** A shape of this rank with no size known. */
  public static Shape ofRank(int rank) {
    long[] sizes = new long[rank];
    Arrays.fill(sizes, -1);
    return of(sizes);
  }

  public boolean isRankKnown() {
    return dimensions != null;
  }

  /** Whether the size along every axis is known. */
  public boolean isStatic() {
    return dimensions != null && dimensions.stream().allMatch(Dimension::isKnown);
  }

  /**
   * Number of axes.
   *
   * @throws IllegalStateException where the rank is not known
   */
  public int rank() {
    return dimensions().size();
  }

  /**
   * All axes.
   *
   * @throws IllegalStateException where the rank is not known
   */
  public List<Dimension> dimensions() {
    if (dimensions == null) {
      throw new IllegalStateException("The rank of this shape is not known");
    }
    return dimensions;
  }

  /** One axis; negative indices count from the last. */
  public Dimension dimension(int axis) {
    return dimensions().get(axis < 0 ? axis + rank() : axis);
  }

  /** Size along one axis, -1 where it is not known; negative indices count from the last. */
  public long size(int axis) {
    return dimension(axis).size();
  }

  /** Sizes along all axes, -1 where one is not known. */
  public long[] sizes() {
    return dimensions().stream().mapToLong(Dimension::size).toArray();
  }

  /**
   * Number of elements.
   *
   * @throws IllegalStateException where a size is not known
   * @throws ArithmeticException where the number does not fit a long
   */
  public long elements() {
    if (!isStatic()) {
      throw new IllegalStateException("The shape " + this + " is not known completely");
    }
    return elements(sizes());
  }

  /**
   * Product of sizes; 1 for a scalar.
   *
   * @throws ArithmeticException where the number does not fit a long
   */
  public static long elements(long... sizes) {
    long product = 1;
    for (long size : sizes) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  /** The same shape with another size along one axis; negative indices count from the last. */
  public Shape with(int axis, Dimension dimension) {
    List<Dimension> changed = new ArrayList<>(dimensions());
    changed.set(axis < 0 ? axis + rank() : axis, dimension);
    return of(changed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Shape shape && Objects.equals(dimensions, shape.dimensions);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(dimensions);
  }

  /** {@code [N, 3, 224, 224]}, or {@code [...]} where the rank is not known. */
  @Override
  public String toString() {
    return dimensions == null
        ? "[...]"
        : dimensions.stream().map(Dimension::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
