package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlignedImageTest {
  private static final AlignedImage ALIGNED = new AlignedImage(FourierImage.NATURAL, 2);

  @Test
  void wavesUpToTheFrequencyBecomeTheMean() {
    ImageSize size = new ImageSize(2, List.of(6, 12));
    List<float[]> pictures =
        List.of(
            ALIGNED.initial(new Random(1), size, 0, 1),
            ALIGNED.initial(new Random(2), size, 0, 1),
            ALIGNED.initial(new Random(3), size, 0, 1));
    List<float[]> before = pictures.stream().map(float[]::clone).toList();
    ALIGNED.share(pictures, size);
    int shared = 0;
    for (int i = 0; i < 2 * 6 * 12; i++) {
      int vertical = (i / 12 % 6 + 1) / 2;
      int horizontal = (i % 12 + 1) / 2;
      // The longest axis has 12 positions: a vertical wave has twice as many cycles over it.
      boolean isLow = Math.hypot(2.0 * vertical, horizontal) <= 2;
      shared += isLow ? 1 : 0;
      double mean = 0;
      for (float[] picture : before) {
        mean += picture[i] / 3.0;
      }
      for (int picture = 0; picture < 3; picture++) {
        double expected = isLow ? mean : before.get(picture)[i];
        assertThat((double) pictures.get(picture)[i]).isCloseTo(expected, within(1e-8));
      }
    }
    // Of one channel: no, one and two cycles across (1 + 2 + 2), and one cycle down (2).
    assertThat(shared).isEqualTo(2 * 7);
  }

  @Test
  void isTheFourierImage() {
    ImageSize size = new ImageSize(3, List.of(6, 8));
    float[] amplitudes = ALIGNED.initial(new Random(1), size, 0, 1);
    assertThat(Built.image(ALIGNED, amplitudes, size).toFloats())
        .containsExactly(Built.image(FourierImage.NATURAL, amplitudes, size).toFloats());
    float[] image = Built.random(size);
    assertThat(Arrays.equals(ALIGNED.from(image, size), FourierImage.NATURAL.from(image, size)))
        .isTrue();
  }

  @Test
  void refusesNegativeFrequencies() {
    assertThatThrownBy(() -> new AlignedImage(FourierImage.NATURAL, -1))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("[0, 1e6], found -1");
  }
}
