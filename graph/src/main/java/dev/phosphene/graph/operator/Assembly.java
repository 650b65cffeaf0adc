package dev.phosphene.graph.operator;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;

/** A tensor in the making, of elements copied from other tensors of its type; zero at first. */
final class Assembly {
  private final ElementType type;
  private final long[] sizes;
  private final byte[] content;

  Assembly(ElementType type, long[] sizes) {
    this.type = type;
    this.sizes = sizes;
    this.content =
        new byte[Math.toIntExact(Math.multiplyExact(Shape.elements(sizes), type.bytes()))];
  }

  /** Starts as a copy of a tensor. */
  static Assembly copyOf(Tensor tensor) {
    Assembly assembly = new Assembly(tensor.type(), tensor.sizes());
    tensor.bytes().get(assembly.content);
    return assembly;
  }

  /** Copies one element; positions count in C order. */
  void copy(int to, Tensor source, int from) {
    int width = type.bytes();
    source.bytes().get(from * width, content, to * width, width);
  }

  Tensor tensor() {
    return Tensor.over(type, sizes, ByteBuffer.wrap(content));
  }
}
