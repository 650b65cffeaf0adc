package dev.phosphene.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A dense array of numbers in C order (the last axis varies fastest), little endian.
 *
 * <p>The bytes may lie on the heap, in native memory, or in a mapped file: a large weight is never
 * copied to become a tensor. A tensor does not change.
 */
public final class Tensor {
  private final ElementType type;
  private final long[] sizes;
  private final ByteBuffer data;
  private final @Nullable FileRegion origin;

  private Tensor(ElementType type, long[] sizes, ByteBuffer data, @Nullable FileRegion origin) {
    this.type = type;
    this.sizes = sizes;
    this.data = data;
    this.origin = origin;
  }

  /**
   * A tensor over these bytes, which are not copied and must not change any more.
   *
   * @param data exactly the bytes of all elements, between position and limit
   * @throws IllegalArgumentException where the number of bytes does not fit type and sizes
   */
  public static Tensor over(ElementType type, long[] sizes, ByteBuffer data) {
    if (type.bytes() == 0) {
      throw new IllegalArgumentException("A dense tensor cannot hold elements of type " + type);
    }
    long expected;
    try {
      expected = Math.multiplyExact(Shape.of(sizes).elements(), type.bytes());
    } catch (ArithmeticException | IllegalStateException e) {
      throw new IllegalArgumentException("Not sizes of a tensor: " + Arrays.toString(sizes), e);
    }
    if (data.remaining() != expected) {
      throw new IllegalArgumentException(
          "A %s tensor %s needs %d bytes, found %d"
              .formatted(type, Shape.of(sizes), expected, data.remaining()));
    }
    return new Tensor(type, sizes.clone(), data.slice().asReadOnlyBuffer(), null);
  }

  /**
   * This tensor with a note of the file that holds the same bytes, for whoever had better read them
   * there.
   */
  public Tensor readFrom(FileRegion region) {
    return new Tensor(type, sizes, data, region);
  }

  /** The place in a file that holds exactly these bytes, if they were read from one. */
  public Optional<FileRegion> origin() {
    return Optional.ofNullable(origin);
  }

  /** A float32 tensor with a copy of these elements. */
  public static Tensor of(float[] elements, long... sizes) {
    ByteBuffer bytes = allocate((long) elements.length * Float.BYTES);
    bytes.asFloatBuffer().put(elements);
    return over(ElementType.FLOAT32, sizes, bytes);
  }

  /** A float64 tensor with a copy of these elements. */
  public static Tensor of(double[] elements, long... sizes) {
    ByteBuffer bytes = allocate((long) elements.length * Double.BYTES);
    bytes.asDoubleBuffer().put(elements);
    return over(ElementType.FLOAT64, sizes, bytes);
  }

  /** An int64 tensor with a copy of these elements. */
  public static Tensor of(long[] elements, long... sizes) {
    ByteBuffer bytes = allocate((long) elements.length * Long.BYTES);
    bytes.asLongBuffer().put(elements);
    return over(ElementType.INT64, sizes, bytes);
  }

  /** An int64 vector, as operators take axes and sizes. */
  public static Tensor vector(long... elements) {
    return of(elements, elements.length);
  }

  public static Tensor scalar(float element) {
    return of(new float[] {element});
  }

  public static Tensor scalar(long element) {
    return of(new long[] {element});
  }

  public static Tensor scalar(boolean element) {
    return over(
        ElementType.BOOL, new long[0], ByteBuffer.wrap(new byte[] {(byte) (element ? 1 : 0)}));
  }

  /**
   * A tensor of any numeric type with every element converted from a double.
   *
   * @param elements in C order; rounded towards zero for integer types, non-zero is true
   */
  public static Tensor converted(ElementType type, double[] elements, long... sizes) {
    ByteBuffer bytes = allocate((long) elements.length * type.bytes());
    for (int i = 0; i < elements.length; i++) {
      Elements.put(type, bytes, i, elements[i]);
    }
    return over(type, sizes, bytes);
  }

  /**
   * A tensor of any numeric type with every element converted from a long.
   *
   * @param elements in C order; narrower integer types keep the lowest bits, non-zero is true
   */
  public static Tensor converted(ElementType type, long[] elements, long... sizes) {
    ByteBuffer bytes = allocate((long) elements.length * type.bytes());
    for (int i = 0; i < elements.length; i++) {
      Elements.putLong(type, bytes, i, elements[i]);
    }
    return over(type, sizes, bytes);
  }

  /** A little-endian buffer on the heap. */
  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  public ElementType type() {
    return type;
  }

  public Shape shape() {
    return Shape.of(sizes);
  }

  public long[] sizes() {
    return sizes.clone();
  }

  public int rank() {
    return sizes.length;
  }

  public int elements() {
    return data.capacity() / type.bytes();
  }

  /** The elements' bytes: read-only, little endian, a view of its own. */
  public ByteBuffer bytes() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A view of float32 elements.
   *
   * @throws IllegalStateException where elements are of another type
   */
  public FloatBuffer floats() {
    require(ElementType.FLOAT32);
    return bytes().asFloatBuffer();
  }

  /**
   * A view of float64 elements.
   *
   * @throws IllegalStateException where elements are of another type
   */
  public DoubleBuffer doubles() {
    require(ElementType.FLOAT64);
    return bytes().asDoubleBuffer();
  }

  /**
   * A view of int64 elements.
   *
   * @throws IllegalStateException where elements are of another type
   */
  public LongBuffer longs() {
    require(ElementType.INT64);
    return bytes().asLongBuffer();
  }

  /** One element of any numeric type as a double. */
  public double getDouble(int index) {
    return Elements.get(type, bytes(), index);
  }

  /** One element of any numeric type as a long; fractions are cut. */
  public long getLong(int index) {
    return Elements.getLong(type, bytes(), index);
  }

  /** A copy of all elements as floats, whatever numeric type they have. */
  public float[] toFloats() {
    float[] copy = new float[elements()];
    if (type == ElementType.FLOAT32) {
      floats().get(copy);
    } else {
      ByteBuffer bytes = bytes();
      for (int i = 0; i < copy.length; i++) {
        copy[i] = (float) Elements.get(type, bytes, i);
      }
    }
    return copy;
  }

  /** A copy of all elements as doubles, whatever numeric type they have. */
  public double[] toDoubles() {
    ByteBuffer bytes = bytes();
    double[] copy = new double[elements()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Elements.get(type, bytes, i);
    }
    return copy;
  }

  /** A copy of all elements as longs, whatever numeric type they have; fractions are cut. */
  public long[] toLongs() {
    ByteBuffer bytes = bytes();
    long[] copy = new long[elements()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = Elements.getLong(type, bytes, i);
    }
    return copy;
  }

  /** This tensor converted to another element type; itself where it has that type. */
  public Tensor as(ElementType other) {
    if (other == type) {
      return this;
    }
    // Not every 64-bit integer has a double; those above 2^63 have no long.
    return type.isFloating() || (type == ElementType.UINT64 && other.isFloating())
        ? converted(other, toDoubles(), sizes)
        : converted(other, toLongs(), sizes);
  }

  /**
   * A tensor of some of these elements.
   *
   * @param indices of elements in C order, one for each element of the result
   */
  public Tensor select(int[] indices, long... newSizes) {
    int width = type.bytes();
    ByteBuffer chosen = allocate((long) indices.length * width);
    for (int index : indices) {
      chosen.put(data.slice(index * width, width));
    }
    return over(type, newSizes, chosen.flip());
  }

  /**
   * The same elements in another shape; no bytes are copied.
   *
   * @throws IllegalArgumentException where the number of elements differs
   */
  public Tensor reshaped(long... newSizes) {
    Tensor reshaped = over(type, newSizes, data.duplicate());
    return origin == null ? reshaped : reshaped.readFrom(origin);
  }

  private void require(ElementType expected) {
    if (type != expected) {
      throw new IllegalStateException("Expected elements of type " + expected + ", found " + type);
    }
  }

  /** Type and shape; never the elements, which may be many. */
  @Override
  public String toString() {
    return type + shape().toString();
  }
}
