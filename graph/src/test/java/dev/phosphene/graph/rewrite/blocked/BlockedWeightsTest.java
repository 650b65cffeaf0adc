package dev.phosphene.graph.rewrite.blocked;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlockedWeightsTest {
  private static final int BLOCK = 4;

  /** In files, elements are not aligned. */
  private static WeightView weight(int... sizes) {
    int elements = 1;
    long[] shape = new long[sizes.length];
    for (int axis = 0; axis < sizes.length; axis++) {
      elements *= sizes[axis];
      shape[axis] = sizes[axis];
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(elements * Float.BYTES + 1).position(1).slice();
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      bytes.putFloat(i + 1);
    }
    return WeightView.of(Tensor.over(ElementType.FLOAT32, shape, bytes.flip()));
  }

  static Stream<Kernel> kernels() {
    WeightView weight = weight(8, 12, 3, 5);
    WeightView uneven = weight(6, 3, 2, 3);
    WeightView flipped = uneven.transposed(1, 0, 2, 3).reversed(2).reversed(3);
    return Stream.of(
        weight,
        weight(16, 8, 1, 1),
        uneven,
        flipped,
        weight.transposed(1, 0, 3, 2),
        weight.taking(2, 1, 2, 1).taking(3, 0, 2, 3),
        weight.reversed(0).reversed(1),
        new Kernel.Exchanged(uneven, 1),
        new Kernel.Exchanged(weight, 2),
        new Kernel.BlockDiagonal(weight(8, 2, 3, 3), 4, 2));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everyElementComesToItsPlace(Kernel kernel) {
    BlockedWeights weights = new BlockedWeights(BLOCK);
    assertPlaces(kernel, weights.blocked(kernel), BLOCK);
    assertPlaces(kernel, weights.blockedOutputs(kernel), 1);
  }

  private static void assertPlaces(Kernel kernel, Tensor blocked, int inputBlock) {
    int outputs = padded(kernel.outputs(), BLOCK);
    int inputs = padded(kernel.inputs(), inputBlock);
    assertThat(blocked.sizes()).containsExactly(outputs, inputs, kernel.height(), kernel.width());
    assertThat(blocked.bytes().isDirect()).isTrue();
    float[] found = blocked.toFloats();
    float[] expected = new float[found.length];
    for (int o = 0; o < kernel.outputs(); o++) {
      for (int i = 0; i < kernel.inputs(); i++) {
        for (int y = 0; y < kernel.height(); y++) {
          for (int x = 0; x < kernel.width(); x++) {
            int place = o / BLOCK * (inputs / inputBlock) + i / inputBlock;
            place = (place * kernel.height() + y) * kernel.width() + x;
            place = (place * inputBlock + i % inputBlock) * BLOCK + o % BLOCK;
            expected[place] = kernel.at(o, i, y, x);
          }
        }
      }
    }
    assertThat(found).containsExactly(expected);
  }

  private static int padded(int channels, int block) {
    return (channels + block - 1) / block * block;
  }
}
