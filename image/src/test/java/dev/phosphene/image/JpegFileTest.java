package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JpegFileTest {
  @TempDir Path folder;

  @Test
  void lossesAreSlightEvenWhereColoursChangeFromPixelToPixel() {
    byte[] pixels = new byte[64 * 64 * Image.CHANNELS];
    for (int i = 0; i < 64 * 64; i++) {
      boolean isRed = (i % 64 + i / 64) % 2 == 0;
      pixels[3 * i] = (byte) (isRed ? 220 : 40);
      pixels[3 * i + 2] = (byte) (isRed ? 40 : 220);
    }
    Image picture = Image.over(64, 64, pixels);
    Path file = folder.resolve("a.jpg");
    StillFormat.JPEG.write(file, picture, "recipe");
    assertThat(Pictures.meanDifference(Image.read(file), picture)).isLessThan(6);
  }

  @Test
  void commentsOfOthersAreNotTheRecipe() {
    byte[] file = JpegFile.encode(Pictures.gradient(8, 8), "");
    byte[] commented = JpegSegments.withText(file, "made with care", "by hand");
    assertThat(JpegSegments.text(commented, "phosphene\n")).isEmpty();
    assertThat(
            JpegSegments.text(JpegSegments.withText(commented, "phosphene\n", "r"), "phosphene\n"))
        .isEqualTo("r");
  }
}
