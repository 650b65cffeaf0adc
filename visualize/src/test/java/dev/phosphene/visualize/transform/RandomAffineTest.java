package dev.phosphene.visualize.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RandomAffineTest {
  private static final Offset<Double> ROUNDING = within(1e-5);

  private static final float[] PIXELS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

  @Test
  void leavesTheImageAloneWhereNothingMayChange() {
    Tensor image = apply(new RandomAffine(0, 1, 1, 0), 7);
    for (int i = 0; i < PIXELS.length; i++) {
      assertThat(image.getDouble(i)).isCloseTo(PIXELS[i], ROUNDING);
    }
  }

  @Test
  void enlargesAboutTheCentre() {
    // At twice the size, the second of four pixels at -0.5 is read from -0.25: between 2 and 3.
    Tensor image = apply(new RandomAffine(0, 2, 2, 0), 7);
    assertThat(image.getDouble(5)).isCloseTo(PIXELS[5] + 0.25, ROUNDING);
    assertThat(image.getDouble(6)).isCloseTo(PIXELS[6] - 0.25, ROUNDING);
  }

  @Test
  void drawsAnewAtEachStepAndTheSameForOneSeed() {
    RandomAffine affine = new RandomAffine(0.3, 0.8, 1.2, 30);
    assertThat(apply(affine, 1).toFloats()).containsExactly(apply(affine, 1).toFloats());
    assertThat(apply(affine, 1).toFloats()).isNotEqualTo(apply(affine, 2).toFloats());
  }

  @Test
  void recipesThatDoNotSayHowPicturesAreReadMeanBilinear() throws Exception {
    String recipe =
        "{\"kind\": \"affine\", \"jitter\": 0.06, \"smallestScale\": 0.9,"
            + " \"largestScale\": 1.15, \"rotation\": 8}";
    assertThat(new ObjectMapper().readValue(recipe, Transform.class))
        .isEqualTo(new RandomAffine(0.06, 0.9, 1.15, 8));
  }

  @Test
  void refusesSettingsOutOfRange() {
    assertThatThrownBy(() -> new RandomAffine(1, 1, 1, 0)).isInstanceOf(PhospheneException.class);
    assertThatThrownBy(() -> new RandomAffine(0, 0, 1, 0)).isInstanceOf(PhospheneException.class);
    assertThatThrownBy(() -> new RandomAffine(0, 1, 1, -1)).isInstanceOf(PhospheneException.class);
    assertThatThrownBy(() -> new RandomAffine(Double.NaN, 1, 1, 0))
        .isInstanceOf(PhospheneException.class);
  }

  /** An image [1, 1, 3, 4] with the numbers 1 to 12 after one draw. */
  private static Tensor apply(RandomAffine affine, long seed) {
    return Transformed.images(affine, Tensor.of(PIXELS, 1, 1, 3, 4), seed);
  }
}
