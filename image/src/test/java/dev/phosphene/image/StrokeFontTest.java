package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StrokeFontTest {
  private static final StrokeFont FONT = StrokeFont.load();

  private static Image drawn(String text, int size) {
    Canvas canvas = new Canvas(10 * size, 4 * size, 0x000000);
    FONT.draw(canvas, text, size, 2 * size, size, 0xFFFFFF);
    return canvas.toImage();
  }

  @Test
  void everyPrintableCharacterHasAGlyphOfItsOwn() {
    Set<Image> shapes = new HashSet<>();
    for (char c = '!'; c <= '~'; c++) {
      Image shape = drawn(String.valueOf(c), 20);
      assertThat(shape).as("glyph of %s", c).isNotEqualTo(drawn("\uFFFD", 20));
      assertThat(shapes.add(shape)).as("glyph of %s is like another", c).isTrue();
    }
  }

  @Test
  void stemsAreCrisp() {
    Image l = drawn("l", 10);
    int full = 0;
    for (int x = 0; x < l.width(); x++) {
      full += l.pixel(x, 15) == 0xFFFFFF ? 1 : 0;
    }
    assertThat(full).isEqualTo(1);
  }

  @Test
  void accentsAreDroppedAndUnknownCharactersBecomeABox() {
    assertThat(drawn("é", 12)).isEqualTo(drawn("e", 12));
    assertThat(drawn("緑", 12)).isEqualTo(drawn("\uFFFD", 12));
  }

  @Test
  void shortenedTextFitsAndEndsWithAnEllipsis() {
    assertThat(FONT.shortened("short", 10, 200)).isEqualTo("short");
    String shortened = FONT.shortened("golden retriever", 10, 80);
    assertThat(shortened).startsWith("golden").endsWith("…");
    assertThat(FONT.width(shortened, 10)).isLessThanOrEqualTo(80);
    assertThat(FONT.shortened("anything", 10, 3)).isEmpty();
  }

  @Test
  void textOutsideTheCanvasIsCut() {
    Canvas canvas = new Canvas(10, 10, 0x000000);
    FONT.draw(canvas, "wide text", -5, 30, 10, 0xFFFFFF);
    FONT.draw(canvas, "wide text", -5, 3, 10, 0xFFFFFF);
    assertThat(canvas.toImage()).isNotEqualTo(Pictures.plain(10, 10, 0x000000));
  }
}
