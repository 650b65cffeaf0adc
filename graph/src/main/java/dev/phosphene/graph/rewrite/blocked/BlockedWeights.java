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
    return padded(channels, block);
  }

  static int padded(long channels, int block) {
    return Math.toIntExact((channels + block - 1) / block * block);
  }

  /**
   * A kernel over blocked channels: {@code [O/B, I/B, H, W, B of I, B of O]} as {@code [O, I, H,
   * W]}, zeros where channels are padding.
   */
  Tensor blocked(Kernel kernel) {
    return blocked(kernel, FilterTransform.none(kernel));
  }

  /** The same for each product of a minimal filtering, one after the other as groups. */
  Tensor blocked(Kernel kernel, FilterTransform transform) {
    return new KernelTiles(kernel, transform, block, block).tensor();
  }

  /**
   * A kernel over channels that are not blocked, few or one of a group: {@code [O/B, I, H, W, B of
   * O]} as {@code [O, I, H, W]}.
   */
  Tensor blockedOutputs(Kernel kernel) {
    return new KernelTiles(kernel, FilterTransform.none(kernel), block, 1).tensor();
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

  static ByteBuffer allocate(int floats) {
    // Native memory is lent to the runtime without another copy.
    return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
