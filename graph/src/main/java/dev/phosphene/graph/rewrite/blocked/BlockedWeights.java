package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Brings kernels of convolutions into the order in which the blocked kernels read them. */
final class BlockedWeights {
  private final int block;

  BlockedWeights(int block) {
    this.block = block;
  }

  /** Channels with the padding that fills their last block. */
  int padded(long channels) {
    return Math.toIntExact((channels + block - 1) / block * block);
  }

  /**
   * A kernel over blocked channels: {@code [O/B, I/B, H, W, B of I, B of O]} as {@code [O, I, H,
   * W]}, zeros where channels are padding.
   */
  Tensor blocked(Kernel kernel) {
    int outputs = padded(kernel.outputs());
    int inputs = padded(kernel.inputs());
    int height = kernel.height();
    int width = kernel.width();
    Filling filling = new Filling(outputs, inputs, height, width);
    for (int outer = 0; outer < outputs; outer += block) {
      for (int inner = 0; inner < inputs; inner += block) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            for (int i = inner; i < inner + block; i++) {
              filling.outputs(kernel, outer, i, y, x);
            }
          }
        }
      }
    }
    return filling.tensor();
  }

  /**
   * A kernel over channels that are not blocked, few or one of a group: {@code [O/B, I, H, W, B of
   * O]} as {@code [O, I, H, W]}.
   */
  Tensor blockedOutputs(Kernel kernel) {
    int outputs = padded(kernel.outputs());
    int inputs = kernel.inputs();
    int height = kernel.height();
    int width = kernel.width();
    Filling filling = new Filling(outputs, inputs, height, width);
    for (int outer = 0; outer < outputs; outer += block) {
      for (int i = 0; i < inputs; i++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            filling.outputs(kernel, outer, i, y, x);
          }
        }
      }
    }
    return filling.tensor();
  }

  /** A vector with an element a channel, zeros for padding. */
  Tensor vector(Tensor channels) {
    int size = channels.elements();
    FloatBuffer elements = channels.floats();
    ByteBuffer bytes = allocate(padded(size));
    for (int i = 0; i < padded(size); i++) {
      bytes.putFloat(i < size ? elements.get(i) : 0);
    }
    return Tensor.over(ElementType.FLOAT32, new long[] {padded(size)}, bytes.flip());
  }

  private static ByteBuffer allocate(int floats) {
    // Native memory is lent to the runtime without another copy.
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Kernels that are being written, in order. */
  private final class Filling {
    private final long[] sizes;
    private final ByteBuffer bytes;

    Filling(int outputs, int inputs, int height, int width) {
      sizes = new long[] {outputs, inputs, height, width};
      bytes = allocate(Math.multiplyExact(Math.multiplyExact(outputs, inputs), height * width));
    }

    /** A block of outputs for one input and tap. */
    void outputs(Kernel kernel, int first, int input, int y, int x) {
      boolean isPadding = input >= kernel.inputs();
      for (int output = first; output < first + block; output++) {
        bytes.putFloat(
            isPadding || output >= kernel.outputs() ? 0 : kernel.at(output, input, y, x));
      }
    }

    Tensor tensor() {
      return Tensor.over(ElementType.FLOAT32, sizes, bytes.flip());
    }
  }
}
