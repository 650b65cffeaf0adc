package dev.phosphene.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Carries tensors into the runtime and out of it, with as few copies as there can be. */
final class Transfer {
  private Transfer() {}

  /**
   * A runtime's tensor over the bytes of a tensor.
   *
   * @param content direct bytes that must live as long as the result; see {@link #direct}
   */
  static OnnxTensor lend(
      OrtEnvironment environment, ElementType type, long[] sizes, ByteBuffer content)
      throws OrtException {
    return OnnxTensor.createTensor(environment, content, sizes, javaType(type));
  }

  /**
   * The bytes of a tensor as native code can read them in place: the tensor's own where they lie in
   * native memory or a mapped file and are aligned to whole elements, else a copy in native memory.
   */
  static ByteBuffer direct(Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    return bytes.isDirect() && isAligned(tensor, bytes) ? bytes : copied(bytes);
  }

  /**
   * Like {@link #direct}, for weights, of which the runtime makes its own copy and needs no aligned
   * elements.
   */
  static ByteBuffer directWeight(Tensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    return bytes.isDirect() ? bytes : copied(bytes);
  }

  /** Tensors in an ONNX file begin anywhere; native code may take aligned elements for granted. */
  private static boolean isAligned(Tensor tensor, ByteBuffer bytes) {
    return bytes.alignmentOffset(0, tensor.type().bytes()) == 0;
  }

  private static ByteBuffer copied(ByteBuffer bytes) {
    return allocate(bytes.remaining()).put(bytes).rewind();
  }

  static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  /** A tensor with a copy of what the runtime computed. */
  static Tensor take(String name, OnnxTensor computed) {
    ElementType type = elementType(computed.getInfo().type);
    if (type == ElementType.UNKNOWN) {
      throw new PhospheneException(
          "Output \"%s\" should be a tensor of numbers, found %s"
              .formatted(name, computed.getInfo().onnxType));
    }
    return Tensor.over(type, computed.getInfo().getShape(), computed.getByteBuffer());
  }

  static ElementType elementType(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> ElementType.FLOAT32;
      case DOUBLE -> ElementType.FLOAT64;
      case FLOAT16 -> ElementType.FLOAT16;
      case BFLOAT16 -> ElementType.BFLOAT16;
      case INT8 -> ElementType.INT8;
      case INT16 -> ElementType.INT16;
      case INT32 -> ElementType.INT32;
      case INT64 -> ElementType.INT64;
      case UINT8 -> ElementType.UINT8;
      case BOOL -> ElementType.BOOL;
      case STRING, UNKNOWN -> ElementType.UNKNOWN;
    };
  }

  static boolean isTransferable(ElementType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64, UINT8, BOOL -> true;
      case UINT16, UINT32, UINT64, UNKNOWN, STRING -> false;
    };
  }

  private static OnnxJavaType javaType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case INT8 -> OnnxJavaType.INT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case UINT8 -> OnnxJavaType.UINT8;
      case BOOL -> OnnxJavaType.BOOL;
      case UINT16, UINT32, UINT64, UNKNOWN, STRING ->
          throw new PhospheneException(
              "Tensors of %s cannot be handed to ONNX Runtime; convert the value".formatted(type));
    };
  }
}
