package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResamplingTest {
  private static final Image SOURCE = Pictures.patterned(37, 29);

  record Reference(int width, int height, byte[] rgb) {
    @Override
    public String toString() {
      return width + " x " + height;
    }
  }

  private static List<Reference> references(String name) throws IOException {
    try (InputStream stream = ResamplingTest.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", 3))
          .map(
              part ->
                  new Reference(
                      Integer.parseInt(part[0]),
                      Integer.parseInt(part[1]),
                      HexFormat.of().parseHex(part[2])))
          .toList();
    }
  }

  static List<Reference> bilinear() throws IOException {
    return references("pillow-bilinear.txt");
  }

  static List<Reference> bicubic() throws IOException {
    return references("pillow-bicubic.txt");
  }

  @ParameterizedTest
  @MethodSource("bilinear")
  void bilinearGivesTheBytesOfPillow(Reference reference) {
    Image resized = SOURCE.resized(reference.width(), reference.height());
    assertThat(resized.toBytes()).isEqualTo(reference.rgb());
  }

  @ParameterizedTest
  @MethodSource("bicubic")
  void bicubicGivesTheBytesOfPillow(Reference reference) {
    Image resized = SOURCE.resizedSmoothly(reference.width(), reference.height());
    assertThat(resized.toBytes()).isEqualTo(reference.rgb());
  }

  @Test
  void planesAreInterpolatedAsBytesAreWithoutRounding() {
    float[] plane = new float[37 * 29];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = SOURCE.toBytes()[3 * i] & 0xFF;
    }
    float[] resized = Resampling.TRIANGLE.array(plane, new int[] {29, 37}, new int[] {12, 16});
    Image expected = SOURCE.resized(16, 12);
    for (int i = 0; i < resized.length; i++) {
      int red = expected.pixel(i % 16, i / 16) >> 16;
      assertThat(resized[i]).isBetween(red - 1.01f, red + 1.01f);
    }
  }

  @Test
  void constantPlaneStaysConstant() {
    float[] plane = {0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f};
    for (Resampling filter : Resampling.values()) {
      for (float value : filter.array(plane, new int[] {2, 3}, new int[] {1, 10})) {
        assertThat(value).isEqualTo(0.25f);
      }
    }
  }
}
