package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Fourier image against the definition of its sum of waves, term by term. */
class FourierImageTest {
  static Stream<ImageSize> sizes() {
    return Stream.of(
        new ImageSize(1, List.of(6, 8)),
        new ImageSize(2, List.of(5, 7)),
        new ImageSize(1, List.of(1, 1)),
        new ImageSize(1, List.of(4, 2)),
        new ImageSize(2, List.of(9)),
        new ImageSize(3, List.of(12)),
        new ImageSize(1, List.of(3, 4, 5)),
        new ImageSize(5, List.of()));
  }

  static Stream<ImageSize> moreSizes() {
    return Stream.concat(
        sizes(),
        Stream.of(
            new ImageSize(3, List.of(6, 8)),
            new ImageSize(3, List.of(7, 4)),
            new ImageSize(3, List.of(24, 20)),
            new ImageSize(3, List.of(4, 6, 5))));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void followsTheDefinition(ImageSize size) {
    FourierImage fourier = new FourierImage(1.2, 1);
    float[] amplitudes = fourier.initial(new Random(3), size, 0, 1);
    Tensor image = Built.image(fourier, amplitudes, size);
    int positions = size.elements() / size.channels();
    for (int i = 0; i < size.elements(); i++) {
      int channel = i / positions;
      float[] own = Arrays.copyOfRange(amplitudes, channel * positions, (channel + 1) * positions);
      double expected = 1 / (1 + Math.exp(-0.25 * sumOfWaves(own, size.spatial(), i % positions)));
      assertThat(image.getDouble(i)).isCloseTo(expected, within(1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("moreSizes")
  void findsTheParametersOfAnImage(ImageSize size) {
    Built.assertComesBack(FourierImage.NATURAL, size, 1e-4);
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatThrownBy(() -> new FourierImage(-1, 0.01))
        .isInstanceOf(PhospheneException.class)
        .hasMessage("The decay should be in [0, 8], found -1.0");
    assertThatThrownBy(() -> new FourierImage(1, Double.NaN))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("deviation");
  }

  private static double sumOfWaves(float[] amplitudes, List<Integer> spatial, int position) {
    if (spatial.isEmpty()) {
      return 4 * amplitudes[position];
    }
    int longest = spatial.stream().max(Integer::compare).orElseThrow();
    double sum = 0;
    for (int wave = 0; wave < amplitudes.length; wave++) {
      double value = 1;
      double squares = 0;
      int ofWave = wave;
      int ofPosition = position;
      for (int axis = spatial.size() - 1; axis >= 0; axis--) {
        int length = spatial.get(axis);
        int index = ofWave % length;
        int cycles = (index + 1) / 2;
        double angle = 2 * Math.PI * cycles * (ofPosition % length) / length;
        boolean alone = cycles == 0 || 2 * cycles == length;
        boolean isSine = index > 0 && index % 2 == 0;
        value *= (isSine ? Math.sin(angle) : Math.cos(angle)) * Math.sqrt(alone ? 1 : 2);
        squares += Math.pow((double) cycles / length, 2);
        ofWave /= length;
        ofPosition /= length;
      }
      double ofLongest = Math.max(Math.sqrt(squares) * longest, 1);
      double scale = Math.sqrt(2) * Math.pow(ofLongest, -1.2 * spatial.size() / 2);
      sum += amplitudes[wave] * scale * value;
    }
    return sum;
  }
}
