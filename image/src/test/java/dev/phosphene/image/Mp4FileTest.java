package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jcodec.api.FrameGrab;
import org.jcodec.common.io.ByteBufferSeekableByteChannel;
import org.jcodec.common.model.Picture;
import org.junit.jupiter.api.Test;

class Mp4FileTest {
  private static final int ORANGE = 0xE08020;
  private static final int BLUE = 0x3366CC;

  private static List<Picture> decoded(byte[] file, int frames) throws Exception {
    FrameGrab film =
        FrameGrab.createFrameGrab(
            ByteBufferSeekableByteChannel.readFromByteBuffer(ByteBuffer.wrap(file)));
    assertThat(film.getVideoTrack().getMeta().getTotalFrames()).isEqualTo(frames);
    assertThat(film.getVideoTrack().getMeta().getTotalDuration())
        .isCloseTo(0.12 * frames, within(1e-6));
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      pictures.add(film.getNativeFrame().cloneCropped());
    }
    assertThat(film.getNativeFrame()).isNull();
    return pictures;
  }

  /** Red, green and blue of a pixel by the equations of JPEG (ITU-T T.871, section 7). */
  private static double[] colours(Picture picture, int x, int y) {
    double luma = picture.getPlaneData(0)[y * picture.getPlaneWidth(0) + x] + 128;
    int quarter = y / 2 * picture.getPlaneWidth(1) + x / 2;
    double blueness = picture.getPlaneData(1)[quarter];
    double redness = picture.getPlaneData(2)[quarter];
    return new double[] {
      luma + 1.402 * redness,
      luma - 0.344136 * blueness - 0.714136 * redness,
      luma + 1.772 * blueness
    };
  }

  private static double[] colours(int pixel) {
    return new double[] {(pixel >> 16) & 0xFF, (pixel >> 8) & 0xFF, pixel & 0xFF};
  }

  @Test
  void framesComeBackInTheirColoursAndOrder() throws Exception {
    Image gradient = Pictures.gradient(64, 48);
    List<Image> frames =
        List.of(Pictures.plain(64, 48, ORANGE), gradient, gradient, Pictures.plain(64, 48, BLUE));
    List<Picture> decoded = decoded(Mp4File.encode(frames, 120, "recipe"), 4);
    for (int i = 0; i < 4; i++) {
      assertThat(meanDifference(decoded.get(i), frames.get(i))).isLessThan(3);
    }
  }

  private static double meanDifference(Picture film, Image image) {
    double sum = 0;
    for (int y = 0; y < film.getHeight(); y++) {
      for (int x = 0; x < film.getWidth(); x++) {
        double[] found = colours(film, x, y);
        double[] expected =
            colours(image.pixel(Math.min(x, image.width() - 1), Math.min(y, image.height() - 1)));
        for (int c = 0; c < Image.CHANNELS; c++) {
          sum += Math.abs(found[c] - expected[c]);
        }
      }
    }
    return sum / (film.getHeight() * film.getWidth() * Image.CHANNELS);
  }

  @Test
  void oddSidesGetTheirLastPixelsOnceMore() throws Exception {
    Image image = Pictures.gradient(33, 21);
    Picture decoded = decoded(Mp4File.encode(List.of(image, image), 120, ""), 2).get(1);
    assertThat(decoded.getWidth()).isEqualTo(34);
    assertThat(decoded.getHeight()).isEqualTo(22);
    assertThat(meanDifference(decoded, image)).isLessThan(5);
  }

  @Test
  void noiseFitsWhereItIsEncoded() throws Exception {
    byte[] pixels = new byte[96 * 96 * Image.CHANNELS];
    new Random(1).nextBytes(pixels);
    Image noise = Image.of(96, 96, pixels);
    List<Picture> decoded = decoded(Mp4File.encode(List.of(noise, noise), 120, ""), 2);
    assertThat(decoded.get(0).getWidth()).isEqualTo(96);
  }
}
