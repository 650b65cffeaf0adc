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

/** Images of fixed magnitudes against the definition of the sum of waves, term by term. */
class MacoImageTest {
  /** Small, so that the sigmoid can be undone. */
  private static final MacoImage PALE = new MacoImage(0.2);

  static Stream<ImageSize> sizes() {
    return Stream.of(
        new ImageSize(1, List.of(6, 8)),
        new ImageSize(2, List.of(5, 7)),
        new ImageSize(1, List.of(9, 4)),
        new ImageSize(2, List.of(10)),
        new ImageSize(1, List.of(4, 3, 5)));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void followsTheDefinition(ImageSize size) {
    float[] phases = PALE.initial(new Random(3), size, 0, 1);
    Tensor image = Built.image(PALE, phases, size);
    int positions = size.elements() / size.channels();
    int waves = phases.length / size.channels();
    for (int i = 0; i < size.elements(); i++) {
      int channel = i / positions;
      float[] own = Arrays.copyOfRange(phases, channel * waves, (channel + 1) * waves);
      double sum = sumOfWaves(own, size.spatial(), i % positions);
      assertThat(image.getDouble(i)).isCloseTo(1 / (1 + Math.exp(-0.2 * sum)), within(1e-5));
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void findsThePhasesOfAnImage(ImageSize size) {
    float[] phases = PALE.initial(new Random(3), size, 0, 1);
    float[] image = Built.image(PALE, phases, size).toFloats();
    float[] found = PALE.from(image, size);
    int half = size.spatial().get(size.spatial().size() - 1) / 2 + 1;
    int width = size.spatial().get(size.spatial().size() - 1);
    for (int i = 0; i < phases.length; i++) {
      int along = i % half;
      if (along > 0 && 2 * along != width) { // the others share a wave with another phase
        assertThat(Math.cos(found[i] - phases[i])).as("phase %d", i).isCloseTo(1, within(1e-4));
      }
    }
  }

  @Test
  void hasADeviationOfAboutOne() {
    ImageSize size = new ImageSize(1, List.of(64, 48));
    double[] image = Built.image(PALE, PALE.initial(new Random(5), size, 0, 1), size).toDoubles();
    double[] values = Arrays.stream(image).map(x -> Math.log(x / (1 - x)) / 0.2).toArray();
    assertThat(Arrays.stream(values).average().orElseThrow()).isCloseTo(0, within(1e-4));
    assertThat(Arrays.stream(values).map(x -> x * x).average().orElseThrow())
        .isCloseTo(1, within(0.15));
  }

  @Test
  void vectorsHaveNoFrequencies() {
    ImageSize vector = new ImageSize(8, List.of());
    assertThatThrownBy(() -> PALE.parameters(vector))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("size 8; use the recipe natural");
    assertThatThrownBy(() -> new MacoImage(0)).isInstanceOf(PhospheneException.class);
  }

  private static double sumOfWaves(float[] phases, List<Integer> spatial, int position) {
    int axes = spatial.size();
    int width = spatial.get(axes - 1);
    int longest = spatial.stream().max(Integer::compare).orElseThrow();
    double sum = 0;
    double variance = 0;
    for (int i = 1; i < phases.length; i++) {
      double turns = 0;
      double squares = 0;
      int ofWave = i;
      int ofPosition = position;
      for (int axis = axes - 1; axis >= 0; axis--) {
        int length = spatial.get(axis);
        int waves = axis == axes - 1 ? length / 2 + 1 : length;
        int cycles = ofWave % waves;
        turns += (double) cycles * (ofPosition % length) / length;
        squares += Math.pow((double) Math.min(cycles, length - cycles) / length, 2);
        ofWave /= waves;
        ofPosition /= length;
      }
      int along = i % (width / 2 + 1);
      double count = along == 0 || 2 * along == width ? 1 : 2;
      double frequency = Math.sqrt(squares) * longest;
      double magnitude = Math.pow(NaturalStatistics.MEASURED.amplitude(frequency), axes / 2.0);
      sum += count * magnitude * Math.cos(2 * Math.PI * turns + phases[i]);
      variance += Math.pow(count * magnitude, 2) / 2;
    }
    return sum / Math.sqrt(variance);
  }
}
