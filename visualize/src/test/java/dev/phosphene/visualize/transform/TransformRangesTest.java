package dev.phosphene.visualize.transform;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What transforms refuse. */
class TransformRangesTest {
  private static void assertRefused(ThrowingCallable made, String words) {
    assertThatThrownBy(made).isInstanceOf(PhospheneException.class).hasMessageContaining(words);
  }

  @Test
  void settingsOutOfRange() {
    assertRefused(() -> new Scale(0, 1), "Scales should be in [0.01, 100], found 0");
    assertRefused(() -> new Scale(1.5, 1.25), "in order, the smaller first, found 1.5 and 1.25");
    assertRefused(() -> new Rotate(181), "The rotation in degrees should be in [0, 180]");
    assertRefused(() -> new Crop(0.5, 1.01), "shares of a crop should be in [0.01, 1], found 1.01");
    assertRefused(() -> new Flip(-0.5), "probability of a flip should be in [0, 1], found -0.5");
    assertRefused(() -> new Blur(0, Double.NaN), "should be in [0, 100], found NaN");
    assertRefused(() -> new Pad(-1, Pad.Fill.EDGE, 0), "border should be in [0, 4096], found -1");
    assertRefused(() -> new ColourJitter(0, 0, 2, 0), "change of saturation should be in [0, 1]");
  }

  @Test
  void imagesThatTheyCannotChange() {
    Tensor signal = Tensor.of(new float[6], 1, 1, 6);
    assertRefused(() -> Transformed.images(new Rotate(5), signal, 1), "leave out the rotation");
    assertRefused(
        () -> Transformed.images(new Pad(6, Pad.Fill.MIRROR, 0), signal, 1),
        "narrower than the image, found 6");
  }
}
