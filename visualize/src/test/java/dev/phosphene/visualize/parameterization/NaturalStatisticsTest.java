package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NaturalStatisticsTest {
  private static final NaturalStatistics PHOTOS = NaturalStatistics.MEASURED;

  @Test
  void amplitudesAreTheMeasuredOnes() {
    for (int i = 0; i < PHOTOS.frequencies().length; i++) {
      assertThat(PHOTOS.amplitude(PHOTOS.frequencies()[i]))
          .isCloseTo(PHOTOS.amplitudes()[i], within(1e-12));
    }
    assertThat(PHOTOS.amplitude(0)).isEqualTo(1);
  }

  @Test
  void betweenTwoTheyAreStraightInLogarithms() {
    double middle = Math.sqrt(PHOTOS.frequencies()[4] * PHOTOS.frequencies()[5]);
    assertThat(PHOTOS.amplitude(middle))
        .isCloseTo(Math.sqrt(PHOTOS.amplitudes()[4] * PHOTOS.amplitudes()[5]), within(1e-12));
  }

  @Test
  void beyondTheLastTheyFallByThePowerLaw() {
    assertThat(PHOTOS.amplitude(2000) / PHOTOS.amplitude(1000))
        .isCloseTo(Math.pow(2, -PHOTOS.exponent()), within(1e-12));
    // Photographs fall about as 1/f.
    assertThat(PHOTOS.exponent()).isBetween(0.9, 1.3);
  }

  @Test
  void coloursComeBack() {
    float[] m = PHOTOS.colours();
    double[] mixed = new double[6];
    double[] original = {0.3, -1, 2, 0.5, -0.7, 0.1};
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        mixed[row * 2] += m[row * 3 + column] * original[column * 2];
        mixed[row * 2 + 1] += m[row * 3 + column] * original[column * 2 + 1];
      }
    }
    assertThat(PHOTOS.decorrelated(mixed)).containsExactly(original, within(1e-5));
  }
}
