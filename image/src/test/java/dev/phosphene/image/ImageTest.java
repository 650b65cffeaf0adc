package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageTest {
  @ParameterizedTest
  @EnumSource(Layout.class)
  void goesThroughATensorUnchanged(Layout layout) {
    Image image = Pictures.patterned(5, 4);
    assertThat(Image.fromTensor(image.toTensor(layout), layout)).containsExactly(image);
  }

  @Test
  void tensorIsIndexedAsItsLayoutSays() {
    Image image = Pictures.patterned(5, 4);
    int green = image.pixel(3, 2) >> 8 & 0xFF;
    Tensor last = image.toTensor(Layout.CHANNELS_LAST);
    Tensor first = image.toTensor(Layout.CHANNELS_FIRST);
    assertThat(last.sizes()).containsExactly(1, 4, 5, 3);
    assertThat(first.sizes()).containsExactly(1, 3, 4, 5);
    assertThat(last.getDouble((2 * 5 + 3) * 3 + 1)).isEqualTo(green / 255f);
    assertThat(first.getDouble((4 + 2) * 5 + 3)).isEqualTo(green / 255f);
  }

  @Test
  void batchGivesOnePictureEachAndGrayIsExpanded() {
    Tensor batch = Tensor.of(new float[] {0, 1, 0.5f, Float.NaN, -3, 7}, 3, 1, 1, 2);
    List<Image> images = Image.fromTensor(batch, Layout.CHANNELS_FIRST);
    assertThat(images).hasSize(3);
    assertThat(images.get(0).pixel(1, 0)).isEqualTo(0xFFFFFF);
    assertThat(images.get(1).pixel(0, 0)).isEqualTo(0x808080);
    assertThat(images.get(1).pixel(1, 0)).isZero();
    assertThat(images.get(2).toBytes()).containsExactly(0, 0, 0, -1, -1, -1);
  }

  @Test
  void otherShapesAreRefusedInOneLine() {
    Tensor five = Tensor.of(new float[5 * 4 * 4], 5, 4, 4);
    assertThatThrownBy(() -> Image.fromTensor(five, Layout.CHANNELS_FIRST))
        .isInstanceOf(PhospheneException.class)
        .hasMessage(
            "A tensor of pictures has the shape [N, C, H, W] or [C, H, W] with 1 or 3 channels,"
                + " found [5, 4, 4]");
    Tensor flat = Tensor.of(new float[4], 2, 2);
    assertThatThrownBy(() -> Image.fromTensor(flat, Layout.CHANNELS_LAST))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("found [2, 2]");
  }

  @Test
  void doesNotChangeWithTheBytesItWasMadeOf() {
    byte[] rgb = {1, 2, 3};
    Image image = Image.of(1, 1, rgb);
    rgb[0] = 9;
    image.toBytes()[1] = 9;
    assertThat(image.pixel(0, 0)).isEqualTo(0x010203);
  }

  @Test
  void centreSquareIsInTheMiddle() {
    Image image = Pictures.patterned(10, 5);
    Image square = image.centreSquare();
    assertThat(square.width()).isEqualTo(5);
    assertThat(square.height()).isEqualTo(5);
    assertThat(square.pixel(0, 0)).isEqualTo(image.pixel(2, 0));
    assertThat(square.pixel(4, 4)).isEqualTo(image.pixel(6, 4));
  }

  @Test
  void enlargedPixelsAreSquares() {
    Image large = Pictures.patterned(3, 2).enlarged(4);
    assertThat(large.width()).isEqualTo(12);
    assertThat(large.pixel(7, 3)).isEqualTo(Pictures.patterned(3, 2).pixel(1, 0));
    assertThat(large.pixel(8, 4)).isEqualTo(Pictures.patterned(3, 2).pixel(2, 1));
  }

  @Test
  void grayscaleIsLuma() {
    assertThat(Pictures.plain(1, 1, 0xFF0000).grayscale().pixel(0, 0)).isEqualTo(0x4C4C4C);
    assertThat(Pictures.plain(1, 1, 0xFFFFFF).grayscale().pixel(0, 0)).isEqualTo(0xFFFFFF);
  }

  @Test
  void sizesOutOfBoundsAreRefused() {
    Image image = Pictures.patterned(3, 2);
    assertThatThrownBy(() -> image.resized(100_000, 100_000))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("100000 x 100000");
    assertThatThrownBy(() -> image.cropped(1, 1, 3, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> image.pixel(3, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Image.of(2, 2, new byte[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
