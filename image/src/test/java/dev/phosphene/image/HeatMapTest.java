package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import org.junit.jupiter.api.Test;

class HeatMapTest {
  private static final float[] ATTRIBUTION = {1, -4, 2, 0, -1, 1, 0.5f, -2}; // [2, 2, 2]

  @Test
  void magnitudesAreTheLargestOverChannels() {
    Tensor last = Tensor.of(ATTRIBUTION, 1, 2, 2, 2);
    HeatMap map = HeatMap.ofMagnitudes(last, Layout.CHANNELS_LAST, 100);
    assertThat(strengths(map)).containsExactly(1, 0.5f, 0.25f, 0.5f);
    Tensor first = Tensor.of(ATTRIBUTION, 2, 2, 2);
    map = HeatMap.ofMagnitudes(first, Layout.CHANNELS_FIRST, 100);
    assertThat(strengths(map)).containsExactly(0.25f, 1, 0.5f, 0.5f);
  }

  @Test
  void signedStrengthsAreSumsOverChannels() {
    Tensor last = Tensor.of(ATTRIBUTION, 2, 2, 2);
    HeatMap map = HeatMap.ofSigned(last, Layout.CHANNELS_LAST, 100);
    assertThat(strengths(map)).containsExactly(-1, 2 / 3f, 0, -0.5f);
  }

  private static float[] strengths(HeatMap map) {
    float[] strengths = new float[map.width() * map.height()];
    for (int i = 0; i < strengths.length; i++) {
      strengths[i] = map.strength(i % map.width(), i / map.width());
    }
    return strengths;
  }

  @Test
  void activationIsStretched() {
    HeatMap map = HeatMap.ofActivation(Tensor.of(new float[] {2, 4, 3, 2, 2, 2}, 1, 2, 3));
    assertThat(map.width()).isEqualTo(3);
    assertThat(strengths(map)).containsExactly(0, 1, 0.5f, 0, 0, 0);
    HeatMap flat = HeatMap.ofActivation(Tensor.of(new float[] {2, 2}, 1, 2));
    assertThat(strengths(flat)).containsOnly(0);
  }

  @Test
  void enlargingKeepsRangeAndSymmetry() {
    HeatMap large = HeatMap.of(3, 1, new float[] {0, 1, 0}).resized(30, 10);
    float[] strengths = strengths(large);
    for (int x = 0; x < 15; x++) {
      assertThat(strengths[x]).isBetween(0f, 1f);
      assertThat(strengths[x]).isEqualTo(strengths[29 - x], within(1e-6f));
    }
    assertThat(strengths[15]).isGreaterThan(0.9f);
  }

  @Test
  void otherShapesAreRefused() {
    Tensor batch = Tensor.of(new float[8], 2, 1, 2, 2);
    assertThatThrownBy(() -> HeatMap.ofSigned(batch, Layout.CHANNELS_FIRST, 99))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(
            "The attribution of one picture has the shape [1, C, H, W], found [2, 1, 2, 2]");
    assertThatThrownBy(() -> HeatMap.ofActivation(batch)).isInstanceOf(PhospheneException.class);
  }

  @Test
  void overlayShowsThePictureWhereTheMapIsWeak() {
    Image picture = Pictures.gradient(20, 10);
    HeatMap map = HeatMap.of(2, 1, new float[] {0, 1});
    Image over = Overlay.BY_STRENGTH.over(picture, map);
    assertThat(over.pixel(0, 5)).isEqualTo(picture.pixel(0, 5));
    int expected = Canvas.mixed(picture.pixel(19, 5), ColourMap.TURBO.colour(1), 0.75);
    assertThat(over.pixel(19, 5)).isEqualTo(expected);
  }

  @Test
  void kerasVisOverlayIsHalfJetEverywhere() {
    Image picture = Pictures.plain(4, 4, 0x204060);
    Image over = Overlay.KERAS_VIS.over(picture, HeatMap.of(1, 1, new float[] {0}));
    assertThat(over.pixel(2, 2)).isEqualTo(0x102070);
  }

  @Test
  void colourMapsMeetTheirEndsAndMiddle() {
    assertThat(ColourMap.GRAY.colour(0)).isZero();
    assertThat(ColourMap.GRAY.colour(7)).isEqualTo(0xFFFFFF);
    assertThat(ColourMap.GRAY.colour(Double.NaN)).isZero();
    assertThat(ColourMap.VIRIDIS.colour(1)).isEqualTo(0xFDE725);
    assertThat(ColourMap.DIVERGING.colour(0)).isEqualTo(0xF7F7F7);
    assertThat(ColourMap.DIVERGING.colour(-1)).isEqualTo(0x053061);
    assertThat(ColourMap.DIVERGING.isSigned()).isTrue();
    assertThat(HeatMap.of(1, 1, new float[] {1}).coloured(ColourMap.JET).pixel(0, 0))
        .isEqualTo(0x800000);
  }

  @Test
  void jetIsPiecewiseLinear() {
    for (int i = 0; i <= 100; i++) {
      double v = i / 100.0;
      int colour = ColourMap.JET.colour(v);
      for (int c = 0; c < 3; c++) {
        double expected = Math.max(0, Math.min(1, 1.5 - Math.abs(4 * v - (3 - c)))) * 255;
        assertThat((double) (colour >> (16 - 8 * c) & 0xFF)).isEqualTo(expected, within(1.5));
      }
    }
  }
}
