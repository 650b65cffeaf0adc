package dev.phosphene.model.onnx;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.onnx.proto.TensorProto;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.FileRegion;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Makes tensors of what a file says of them. Raw and external data stay where the file is mapped;
 * only data in typed fields, which writers use for small tensors, is copied.
 */
final class TensorDecoder {
  private final ExternalData external;

  TensorDecoder(ExternalData external) {
    this.external = external;
  }

  /**
   * A tensor; empty where it is of a type that holds no numbers, or none that is known here.
   *
   * @param name how messages call it
   * @throws PhospheneException where sizes and data do not fit
   */
  Optional<Tensor> decode(String name, TensorProto proto) {
    return decode(name, ModelParser.Initializer.of(proto));
  }

  /** A tensor whose raw elements were not parsed. */
  Optional<Tensor> decode(String name, ModelParser.Initializer initializer) {
    TensorProto proto = initializer.tensor();
    ByteBuffer raw = initializer.raw();
    ElementType type = ElementTypes.of(proto.getDataType());
    if (type.bytes() == 0) {
      return Optional.empty();
    }
    long[] sizes = proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
    long bytes = bytes(name, type, sizes);
    if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      ExternalData.Content content = external.open(name, proto.getExternalDataList(), bytes);
      return Optional.of(Tensor.over(type, sizes, content.bytes()).readFrom(content.region()));
    }
    if (raw != null) {
      requireLength(name, type, sizes, bytes, raw.remaining());
      Tensor tensor = Tensor.over(type, sizes, raw);
      return Optional.of(
          initializer.isMapped()
              ? tensor.readFrom(new FileRegion(external.model(), raw.position()))
              : tensor);
    }
    long elements = bytes / type.bytes();
    requireLength(name, type, sizes, elements, typedElements(type, proto));
    return Optional.of(Tensor.over(type, sizes, typed(type, proto, (int) elements)));
  }

  /** How many bytes a tensor of these sizes has. */
  static long bytes(String name, ElementType type, long[] sizes) {
    for (long size : sizes) {
      if (size < 0) {
        throw new PhospheneException(
            "tensor \"%s\" has a size of %d along an axis; the model file is damaged"
                .formatted(name, size));
      }
    }
    try {
      return Math.multiplyExact(Shape.elements(sizes), type.bytes());
    } catch (ArithmeticException e) {
      throw new PhospheneException(
          "tensor \"%s\" %s is too large to exist; the model file is damaged"
              .formatted(name, Shape.of(sizes)),
          e);
    }
  }

  private static void requireLength(
      String name, ElementType type, long[] sizes, long expected, long found) {
    if (found != expected) {
      throw new PhospheneException(
          "tensor \"%s\" %s%s has %d bytes or elements of data, expected %d; the file is damaged"
              .formatted(name, type, Shape.of(sizes), found, expected));
    }
  }

  private static int typedElements(ElementType type, TensorProto proto) {
    return switch (type) {
      case FLOAT32 -> proto.getFloatDataCount();
      case FLOAT64 -> proto.getDoubleDataCount();
      case INT64 -> proto.getInt64DataCount();
      case UINT32, UINT64 -> proto.getUint64DataCount();
      case FLOAT16, BFLOAT16, INT8, INT16, INT32, UINT8, UINT16, BOOL -> proto.getInt32DataCount();
      case UNKNOWN, STRING -> 0;
    };
  }

  private static ByteBuffer typed(ElementType type, TensorProto proto, int elements) {
    ByteBuffer data = ByteBuffer.allocate(elements * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      switch (type) {
        case FLOAT32 -> data.putFloat(proto.getFloatData(i));
        case FLOAT64 -> data.putDouble(proto.getDoubleData(i));
        case INT64 -> data.putLong(proto.getInt64Data(i));
        case UINT64 -> data.putLong(proto.getUint64Data(i));
        case UINT32 -> data.putInt((int) proto.getUint64Data(i));
        case INT32 -> data.putInt(proto.getInt32Data(i));
        case FLOAT16, BFLOAT16, INT16, UINT16 -> data.putShort((short) proto.getInt32Data(i));
        case INT8, UINT8 -> data.put((byte) proto.getInt32Data(i));
        case BOOL -> data.put((byte) (proto.getInt32Data(i) == 0 ? 0 : 1));
        case UNKNOWN, STRING -> throw new IllegalStateException("No numbers of type " + type);
      }
    }
    return data.flip();
  }
}
