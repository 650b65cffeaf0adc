package dev.phosphene.visualize.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.transform.Noise.Distribution;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NoiseTest {
  private static final int COUNT = 1 << 18;

  private static double[] noise(Distribution distribution, long seed) {
    Tensor zeros = Tensor.of(new float[COUNT], 1, 1, 512, 512);
    return Transformed.images(new Noise(0.5, distribution), zeros, seed).toDoubles();
  }

  private static double moment(double[] numbers, int power) {
    return Arrays.stream(numbers).map(x -> Math.pow(x, power)).average().orElseThrow();
  }

  @Test
  void normalNoiseHasTheMomentsOfTheNormalDistribution() {
    double[] numbers = noise(Distribution.NORMAL, 4);
    // A moment of n numbers strays by the root of the variance of their power over n: 5 of these.
    assertThat(moment(numbers, 1)).isCloseTo(0, within(5 * 0.5 / Math.sqrt(COUNT)));
    assertThat(moment(numbers, 2)).isCloseTo(0.25, within(5 * 0.25 * Math.sqrt(2.0 / COUNT)));
    assertThat(moment(numbers, 4) / 0.0625).isCloseTo(3, within(5 * Math.sqrt(96.0 / COUNT)));
  }

  @Test
  void normalNumbersAreTheQuantiles() {
    double[] numbers = noise(Distribution.NORMAL, 4);
    Arrays.sort(numbers);
    double[] shares = {0.001, 0.02275, 0.158655, 0.5, 0.841345, 0.97725, 0.999};
    double[] quantiles = {-3.0902, -2, -1, 0, 1, 2, 3.0902};
    for (int i = 0; i < shares.length; i++) {
      assertThat(numbers[(int) (shares[i] * COUNT)])
          .as("share %s", shares[i])
          .isCloseTo(0.5 * quantiles[i], within(0.03));
    }
  }

  @Test
  void uniformNoiseReachesTheAmountAndNoFurther() {
    double[] numbers = noise(Distribution.UNIFORM, 4);
    assertThat(Arrays.stream(numbers).max().orElseThrow()).isBetween(0.499, 0.5);
    assertThat(Arrays.stream(numbers).min().orElseThrow()).isBetween(-0.5, -0.499);
    assertThat(moment(numbers, 2)).isCloseTo(1.0 / 12, within(1e-3));
  }

  @Test
  void followsFromTheSeed() {
    double[] numbers = noise(Distribution.NORMAL, 9);
    assertThat(Arrays.equals(numbers, noise(Distribution.NORMAL, 9))).isTrue();
    assertThat(Arrays.equals(numbers, noise(Distribution.NORMAL, 10))).isFalse();
  }

  @Test
  void isAddedAndLetsGradientsThrough() {
    Tensor image = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);
    Tensor slope = Tensor.of(new float[] {5, 6, 7, 8}, 1, 1, 4);
    Noise noise = new Noise(1, Distribution.UNIFORM);
    NumberStream same = new NumberStream(new Random(2));
    float[] expected = new float[4];
    for (int i = 0; i < 4; i++) {
      expected[i] = i + 1 + (2 * same.uniform() - 1);
    }
    assertThat(Transformed.images(noise, image, 2).toFloats()).containsExactly(expected);
    assertThat(Transformed.gradient(noise, image, slope, 2).toFloats())
        .containsExactly(slope.toFloats());
  }

  @Test
  void refusesAmountsThatAreNone() {
    for (double amount : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Noise(amount, Distribution.NORMAL))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("amount of noise should be in [0, 1000000], found ");
    }
  }
}
