package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeatMapTest {
  private static final float[] ATTRIBUTION = {1, -4, 2, 0, -1, 1, 0.5f, -2}; // [1, 2, 2, 2]

  @Test
  void magnitudesAreTheLargestOverChannels() {
    Tensor both = Tensor.of(ATTRIBUTION, 1, 2, 2, 2);
    HeatMap map = HeatMap.ofMagnitudes(both, Layout.CHANNELS_LAST, 100);
    assertThat(strengths(map)).containsExactly(1, 0.5f, 0.25f, 0.5f);
    map = HeatMap.ofMagnitudes(both, Layout.CHANNELS_FIRST, 100);
    assertThat(strengths(map)).containsExactly(0.25f, 1, 0.5f, 0.5f);
  }

  @Test
  void signedStrengthsAreSumsOverChannels() {
    Tensor last = Tensor.of(ATTRIBUTION, 1, 2, 2, 2);
    HeatMap map = HeatMap.ofSigned(last, Layout.CHANNELS_LAST, 100);
    assertThat(strengths(map)).containsExactly(-1, 2 / 3f, 0, -0.5f);
  }

  @Test
  void largestKeepsTheSignBeforeItIsNormalized() {
    Tensor negative = Tensor.of(new float[] {-3, -1, -2, -5, -9, -2}, 1, 2, 3);
    Tensor reduced = ChannelReduction.LARGEST.apply(negative, Layout.CHANNELS_FIRST);
    assertThat(reduced.toFloats()).containsExactly(-3, -1, -2);
    HeatMap map = HeatMap.ofLargest(negative, Layout.CHANNELS_FIRST);
    assertThat(strengths(map)).usingComparatorWithPrecision(1e-6f).containsExactly(0, 1, 0.5f);
  }

  /** keras-vis' epsilon leaves tiny ranges dark. */
  @Test
  void normalizedFollowsKerasVisToItsEpsilon() {
    HeatMap tiny = HeatMap.of(2, 1, new float[] {0, 1e-7f}).normalized();
    assertThat(strengths(tiny)[1]).isEqualTo(0.5f, within(1e-6f));
    HeatMap broken = HeatMap.of(3, 1, new float[] {Float.NaN, 4, 2}).normalized();
    assertThat(strengths(broken)).startsWith(0f).endsWith(0f);
  }

  @ParameterizedTest
  @CsvSource({"1d", "2d", "3d"})
  void saliencyIsThatOfNumpy(String name) {
    Tensor first = References.get("saliency." + name + ".in").as(ElementType.FLOAT32);
    Tensor last = channelsMovedLast(first);
    check(name, "largest", HeatMap.ofLargest(first, Layout.CHANNELS_FIRST));
    check(name, "largest", HeatMap.ofLargest(last, Layout.CHANNELS_LAST));
    check(name, "absolute", HeatMap.ofLargest(absolute(first), Layout.CHANNELS_FIRST));
    check(name, "magnitudes", HeatMap.ofMagnitudes(first, Layout.CHANNELS_FIRST, 80));
    check(name, "magnitudes", HeatMap.ofMagnitudes(last, Layout.CHANNELS_LAST, 80));
    check(name, "signed", HeatMap.ofSigned(first, Layout.CHANNELS_FIRST, 80));
    check(name, "signed", HeatMap.ofSigned(last, Layout.CHANNELS_LAST, 80));
  }

  private static void check(String name, String kind, HeatMap map) {
    assertClose(map, References.get("saliency." + name + "." + kind), 1e-5f);
  }

  private static void assertClose(HeatMap map, Tensor expected, float tolerance) {
    assertThat(map.strengths().sizes()).isEqualTo(expected.sizes());
    assertThat(map.strengths().toFloats())
        .usingComparatorWithPrecision(tolerance)
        .containsExactly(expected.toFloats());
  }

  private static Tensor channelsMovedLast(Tensor first) {
    long[] sizes = first.sizes();
    int channels = (int) sizes[1];
    float[] values = first.toFloats();
    float[] moved = new float[values.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = values[i % channels * (values.length / channels) + i / channels];
    }
    System.arraycopy(sizes, 2, sizes, 1, sizes.length - 2);
    sizes[sizes.length - 1] = channels;
    return Tensor.of(moved, sizes);
  }

  private static Tensor absolute(Tensor tensor) {
    float[] values = tensor.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return Tensor.of(values, tensor.sizes());
  }

  @ParameterizedTest
  @CsvSource({"enlarged, 20, 12", "shrunk, 3, 4", "mixed, 4, 11"})
  void picturesAreResizedAsPillowResizesFloats(String name, int width, int height) {
    HeatMap map = HeatMap.of(References.get("picture.in"));
    Tensor linear = References.get("picture." + name + ".bilinear");
    assertClose(map.resized(width, height), linear, 1e-5f);
    float[] cubic = References.get("picture." + name + ".bicubic").toFloats();
    float[] bounds = map.strengths().toFloats();
    Arrays.sort(bounds);
    for (int i = 0; i < cubic.length; i++) { // Pillow leaves what overshoots
      cubic[i] = Math.max(bounds[0], Math.min(bounds[bounds.length - 1], cubic[i]));
    }
    assertClose(map.resizedSmoothly(width, height), Tensor.of(cubic, height, width), 1e-5f);
  }

  @Test
  void signalsAndVolumesAreResizedAsScipyZooms() {
    HeatMap signal = HeatMap.of(References.get("signal.in")).resized(List.of(15));
    assertClose(signal, References.get("signal.linear"), 1e-5f);
    HeatMap volume = HeatMap.of(References.get("volume.in")).resized(List.of(5, 6, 9));
    assertClose(volume, References.get("volume.linear"), 1e-5f);
    assertThat(volume.slice(4).strengths().toFloats())
        .containsExactly(Arrays.copyOfRange(volume.strengths().toFloats(), 4 * 54, 5 * 54));
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
    HeatMap map = HeatMap.ofActivation(Tensor.of(new float[] {2, 4, 3, 2, 2, 2}, 2, 3));
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
            "One input has the shape [1, C, spatial...] with one to three spatial axes,"
                + " found [2, 1, 2, 2]");
    assertThatThrownBy(() -> HeatMap.ofActivation(batch))
        .isInstanceOf(PhospheneException.class)
        .hasMessage("A heat map has the shape [L], [H, W] or [D, H, W], found [2, 1, 2, 2]");
    Tensor vector = Tensor.of(new float[4], 1, 4);
    assertThatThrownBy(() -> HeatMap.ofLargest(vector, Layout.CHANNELS_LAST))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("one to three spatial axes")
        .hasMessageContaining("[1, 4]");
  }

  @Test
  void sizesOutOfBoundsAreRefused() {
    HeatMap map = HeatMap.of(3, 2, new float[6]);
    for (List<Integer> sizes :
        List.of(List.of(6), List.of(1 << 20, 1 << 20), List.of(0, 3), List.of(-2, -3))) {
      assertThatThrownBy(() -> map.resized(sizes))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("2 x 3 cannot be resized to");
    }
    HeatMap tall = HeatMap.of(1, 1 << 20, new float[1 << 20]);
    assertThatThrownBy(() -> tall.resized(1 << 20, 1)) // too large on its way
        .isInstanceOf(PhospheneException.class);
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
  void picturesAreMixedAsByNumpy() {
    Image over = References.image(References.get("overlay.over"));
    Image under = References.image(References.get("overlay.under"));
    Image mixed = References.image(References.get("overlay.mixed"));
    assertThat(Overlay.mixed(over, under, 0.37)).isEqualTo(mixed);
    assertThatThrownBy(() -> Overlay.mixed(over, under, 1.1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Overlay.mixed(over, Pictures.plain(4, 3, 0), 0.5))
        .isInstanceOf(IllegalArgumentException.class);
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
