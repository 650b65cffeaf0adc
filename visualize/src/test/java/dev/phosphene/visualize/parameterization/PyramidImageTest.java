package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PyramidImageTest {
  static Stream<ImageSize> sizes() {
    return Stream.of(
        new ImageSize(1, List.of(6, 8)),
        new ImageSize(3, List.of(11, 7)),
        new ImageSize(2, List.of(13)),
        new ImageSize(1, List.of(3, 4, 5)),
        new ImageSize(3, List.of(1, 1)),
        new ImageSize(4, List.of()));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void findsTheParametersOfAnImage(ImageSize size) {
    Built.assertComesBack(PyramidImage.NATURAL, size, 1e-5);
  }

  /** Four positions, and below them a level of two. */
  @Test
  void isTheSumOfItsLevelsEnlarged() {
    ImageSize size = new ImageSize(1, List.of(4));
    PyramidImage pyramid = new PyramidImage(2, 0.01);
    assertThat(pyramid.parameters(size)).containsExactly(1, 4 + 2);
    float[] parameters = {0.5f, -1, 0.25f, 0, 1, -2};
    // The middles of the two lie at 0.5 and 2.5 of the four, so these are read at -0.25, 0.25, ...
    double[] coarse = {1, 0.75 - 0.25 * 2, 0.25 - 0.75 * 2, -2};
    Tensor image = Built.image(pyramid, parameters, size);
    for (int i = 0; i < 4; i++) {
      double expected = 1 / (1 + Math.exp(-0.25 * (parameters[i] + coarse[i])));
      assertThat(image.getDouble(i)).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void anImageOfOneToneLiesInTheCoarsestLevel() {
    ImageSize size = new ImageSize(1, List.of(8, 8));
    float[] even = new float[64];
    Arrays.fill(even, 0.75f);
    float[] parameters = new PyramidImage(3, 0.01).from(even, size);
    for (int i = 0; i < parameters.length; i++) {
      double expected = i < 64 + 16 ? 0 : 4 * Math.log(3);
      assertThat((double) parameters[i]).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatThrownBy(() -> new PyramidImage(0, 0.1))
        .isInstanceOf(PhospheneException.class)
        .hasMessage("The number of levels should be in [1, 16], found 0");
  }
}
