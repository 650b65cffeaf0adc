package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The network of coordinates against its formula, position by position. */
class CppnImageTest {
  private static final CppnImage NETWORK = new CppnImage(3, 2);

  static Stream<ImageSize> sizes() {
    return Stream.of(
        new ImageSize(1, List.of(3, 5)),
        new ImageSize(2, List.of(7)),
        new ImageSize(1, List.of(2, 3, 2)));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void followsTheFormula(ImageSize size) {
    Random random = new Random(8);
    float[] parameters = new float[(int) NETWORK.parameters(size)[0]];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = (float) (5 * random.nextGaussian());
    }
    Tensor image = Built.image(NETWORK, parameters, size);
    int positions = size.elements() / size.channels();
    for (int position = 0; position < positions; position++) {
      double[] colour = colour(parameters, coordinates(size.spatial(), position));
      for (int channel = 0; channel < size.channels(); channel++) {
        double expected = 1 / (1 + Math.exp(-colour[channel]));
        assertThat(image.getDouble(channel * positions + position))
            .isCloseTo(expected, within(1e-5));
      }
    }
  }

  private static double[] coordinates(List<Integer> spatial, int position) {
    double[] coordinates = new double[spatial.size() + 1];
    int rest = position;
    for (int axis = spatial.size() - 1; axis >= 0; axis--) {
      int length = spatial.get(axis);
      coordinates[axis] = Math.sqrt(3) * ((rest % length + 0.5) / length * 2 - 1);
      coordinates[spatial.size()] += coordinates[axis] * coordinates[axis];
      rest /= length;
    }
    coordinates[spatial.size()] = Math.sqrt(coordinates[spatial.size()]);
    return coordinates;
  }

  private static double[] colour(float[] parameters, double[] coordinates) {
    double[] values = coordinates;
    int at = 0;
    while (true) {
      int inputs = values.length;
      int left = parameters.length - at;
      boolean isLast = left % (inputs + 1) == 0 && left / (inputs + 1) < 3;
      int outputs = isLast ? left / (inputs + 1) : 3;
      double[] sums = new double[outputs];
      for (int row = 0; row < outputs; row++) {
        for (int column = 0; column < inputs; column++) {
          sums[row] +=
              parameters[at + row * inputs + column] / 5 / Math.sqrt(inputs) * values[column];
        }
        sums[row] += parameters[at + outputs * inputs + row] / 5;
      }
      if (isLast) {
        return sums;
      }
      at += outputs * (inputs + 1);
      values = new double[2 * outputs];
      for (int row = 0; row < outputs; row++) {
        double bent = Math.tanh(sums[row]);
        values[row] = bent / 0.6279;
        values[outputs + row] = (bent * bent - 0.3943) / 0.3123;
      }
    }
  }

  /** Pictures start gray, and the layers before the last at numbers of variance 1. */
  @Test
  void startsGray() {
    ImageSize size = new ImageSize(3, List.of(5, 4));
    float[] start = CppnImage.NATURAL.initial(new Random(1), size, 0, 1);
    assertThat(Built.image(CppnImage.NATURAL, start, size).toFloats()).containsOnly(0.5f);
  }

  @Test
  void refusesWhatItCannotDo() {
    ImageSize size = new ImageSize(3, List.of(5, 4));
    assertThatThrownBy(() -> NETWORK.from(new float[60], size))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("cannot start from an image");
    assertThatThrownBy(() -> NETWORK.parameters(new ImageSize(3, List.of())))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("size 3; use the parameterization fourier");
    assertThatThrownBy(() -> new CppnImage(0, 2)).isInstanceOf(PhospheneException.class);
  }
}
