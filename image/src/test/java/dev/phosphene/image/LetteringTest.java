package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LetteringTest {
  private static int count(Image image, int colour) {
    int count = 0;
    for (int i = 0; i < image.width() * image.height(); i++) {
      count += image.pixel(i % image.width(), i / image.width()) == colour ? 1 : 0;
    }
    return count;
  }

  @Test
  void capitalsHaveTheHeightAndPlaceAskedFor() {
    Lettering plain = Lettering.DEFAULT.withCapitalHeight(20).withColour(0xFF0000).withoutHalo();
    Image image = Pictures.plain(100, 60, 0).withText("I", 30, 15, plain);
    int top = -1;
    int bottom = -1;
    for (int y = 0; y < 60; y++) {
      boolean inked = image.cropped(0, y, 100, 1).equals(Pictures.plain(100, 1, 0));
      top = top < 0 && !inked ? y : top;
      bottom = inked ? bottom : y;
    }
    assertThat(top).isBetween(13, 15);
    assertThat(bottom).isBetween(34, 36);
    assertThat(count(image.cropped(0, 0, 29, 60), 0)).isEqualTo(29 * 60);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x000000, 0xFFFFFF, 0x808080, 0xFF0000})
  void textIsLegibleOnAnyBackground(int background) {
    Image image = Pictures.plain(200, 40, background);
    for (int colour : new int[] {0xFFFFFF, 0x202020}) {
      Image written =
          image.withText(
              "cat 0.93", 10, 10, Lettering.DEFAULT.withColour(colour).withCapitalHeight(20));
      int edge = Image.luma(colour >> 16, colour >> 8 & 0xFF, colour & 0xFF) > 128 ? 0 : 0xFFFFFF;
      assertThat(count(written, colour)).isGreaterThan(300);
      assertThat(count(written, edge)).isGreaterThan(300);
    }
  }

  @Test
  void longTextIsShortened() {
    Image image = Pictures.plain(120, 30, 0);
    Lettering plain = Lettering.DEFAULT.withoutHalo();
    String text = "as long as it takes to leave ".repeat(40_000);
    Image written = image.withText(text, 20, 8, plain);
    StrokeFont font = StrokeFont.load();
    String shown = font.shortened(text, 10, 100);
    assertThat(shown).endsWith("…").hasSizeBetween(8, 20);
    assertThat(font.width(shown, 10)).isLessThanOrEqualTo(100);
    assertThat(written).isEqualTo(image.withText(shown, 20, 8, plain));
  }

  @Test
  void textOutsideIsNotDrawn() {
    Image image = Pictures.patterned(30, 20);
    int far = Integer.MAX_VALUE;
    assertThat(image.withText("cat", far, 0)).isEqualTo(image);
    assertThat(image.withText("cat", 0, far)).isEqualTo(image);
    assertThat(image.withText("cat", -far - 1, -far - 1)).isEqualTo(image);
    assertThat(image.withText("", 3, 3)).isEqualTo(image);
    assertThat(image.withText("cat", -4, -4)).isNotEqualTo(image);
    assertThat(image.withText("cat", 24, 14, Lettering.DEFAULT)).isNotNull();
  }

  @Test
  void pixelsAreTheSameOnEveryMachine() {
    Image written = Pictures.gradient(160, 40).withText("step 12 of 500", 8, 8);
    CRC32 checksum = new CRC32();
    checksum.update(written.toBytes());
    assertThat(checksum.getValue()).isEqualTo(1848226176L);
  }

  @Test
  void sizesOutOfBoundsAreRefused() {
    assertThatThrownBy(() -> Lettering.DEFAULT.withCapitalHeight(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Capitals are 4 to 1024 pixels high, found 2");
  }
}
