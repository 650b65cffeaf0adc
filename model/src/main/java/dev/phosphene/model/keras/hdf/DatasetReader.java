package dev.phosphene.model.keras.hdf;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OrderedDataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Reads arrays of numbers, with a bound on what compressed ones may grow to. */
final class DatasetReader {
  /** Bytes of all compressed arrays of a file, beside what follows from its size. */
  private static final long EXPANDED_BESIDE_SIZE = 256L << 20;

  /** How much larger than the file all compressed arrays may be; weights hardly compress. */
  private static final long MOST_EXPANSION = 32;

  private final long fileSize;
  private long expanded;

  DatasetReader(long fileSize) {
    this.fileSize = fileSize;
  }

  /** The elements: 32-bit floating point for all floating-point numbers, integers as they are. */
  Tensor read(Dataset dataset) {
    long[] sizes = dataset.getDimensionsAsLong();
    ElementType type = elementType(dataset);
    long bytes;
    try {
      bytes = Math.multiplyExact(Shape.elements(sizes), type.bytes());
    } catch (ArithmeticException e) {
      bytes = Long.MAX_VALUE;
    }
    boolean isPlain = dataset instanceof ContiguousDataset;
    if (Arrays.stream(sizes).anyMatch(size -> size < 0)
        || bytes > Integer.MAX_VALUE
        || (isPlain && bytes > fileSize)
        || (!isPlain && (expanded += bytes) > EXPANDED_BESIDE_SIZE + MOST_EXPANSION * fileSize)) {
      throw new PhospheneException(
          "\"%s\" in it says to have sizes %s, more than the file can hold"
              .formatted(dataset.getPath(), Arrays.toString(sizes)));
    }
    Tensor tensor = Tensor.over(type, sizes, content(dataset, (int) bytes, type.bytes()));
    return type.isFloating() ? tensor.as(ElementType.FLOAT32) : tensor;
  }

  private static ElementType elementType(Dataset dataset) {
    DataType type = dataset.getDataType();
    ElementType known = ElementType.UNKNOWN;
    if (type instanceof FloatingPoint) {
      known =
          switch (type.getSize()) {
            case 2 -> ElementType.FLOAT16;
            case 4 -> ElementType.FLOAT32;
            case 8 -> ElementType.FLOAT64;
            default -> ElementType.UNKNOWN;
          };
    } else if (type instanceof FixedPoint integer) {
      boolean signed = integer.isSigned();
      known =
          switch (type.getSize()) {
            case 1 -> signed ? ElementType.INT8 : ElementType.UINT8;
            case 4 -> signed ? ElementType.INT32 : ElementType.UINT32;
            case 8 -> signed ? ElementType.INT64 : ElementType.UINT64;
            default -> ElementType.UNKNOWN;
          };
    }
    if (known == ElementType.UNKNOWN) {
      throw new PhospheneException(
          "\"%s\" in it is of type %s with %d bytes, expected floating-point numbers or integers"
              .formatted(dataset.getPath(), type.getClass().getSimpleName(), type.getSize()));
    }
    return known;
  }

  private static ByteBuffer content(Dataset dataset, int bytes, int width) {
    if (bytes == 0) {
      return ByteBuffer.allocate(0);
    }
    if (dataset.isEmpty()) {
      throw new PhospheneException("\"%s\" in it has no content".formatted(dataset.getPath()));
    }
    ByteBuffer content = ((DatasetBase) dataset).getDataBuffer();
    if (content.remaining() < bytes) {
      throw new PhospheneException("\"%s\" in it is cut short".formatted(dataset.getPath()));
    }
    ByteBuffer exact = content.slice(content.position(), bytes);
    boolean isBigEndian =
        dataset.getDataType() instanceof OrderedDataType ordered
            && ordered.getByteOrder() == ByteOrder.BIG_ENDIAN;
    return isBigEndian && width > 1 ? swapped(exact, width) : exact;
  }

  private static ByteBuffer swapped(ByteBuffer content, int width) {
    ByteBuffer swapped = ByteBuffer.allocate(content.remaining());
    for (int element = 0; element < content.remaining(); element += width) {
      for (int i = 0; i < width; i++) {
        swapped.put(content.get(element + width - 1 - i));
      }
    }
    return swapped.flip();
  }
}
