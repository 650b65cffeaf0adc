package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileTest {
  @TempDir Path folder;

  private static byte[] encoded(String format, int type) throws IOException {
    Image image = Pictures.gradient(24, 16);
    BufferedImage buffered = new BufferedImage(24, 16, type);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 24; x++) {
        buffered.setRGB(x, y, 0xFF000000 | image.pixel(x, y));
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(buffered, format, bytes)).isTrue();
    return bytes.toByteArray();
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("picture"), bytes);
  }

  private void assertRefused(byte[] bytes, String... parts) throws IOException {
    Path file = file(bytes);
    assertThatThrownBy(() -> Image.read(file))
        .isInstanceOf(PhospheneException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageNotContaining("\n")
        .hasMessageContainingAll(parts);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void readsLosslessFormatsExactly(String format) throws IOException {
    Image read = Image.read(file(encoded(format, BufferedImage.TYPE_INT_RGB)));
    assertThat(read).isEqualTo(Pictures.gradient(24, 16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "gif"})
  void readsLossyFormatsNearly(String format) throws IOException {
    Image read = Image.read(file(encoded(format, BufferedImage.TYPE_INT_RGB)));
    assertThat(Pictures.meanDifference(read, Pictures.gradient(24, 16))).isLessThan(12);
  }

  @Test
  void grayLevelsStayAsTheyAreStored() throws IOException {
    BufferedImage gray = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 256; x++) {
      gray.getRaster().setSample(x, 0, 0, x);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(gray, "png", bytes);
    Image read = Image.read(file(bytes.toByteArray()));
    for (int x = 0; x < 256; x++) {
      assertThat(read.pixel(x, 0)).isEqualTo(x * 0x010101);
    }
  }

  @Test
  void deepSamplesKeepTheirUpperByte() throws IOException {
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 0x1234);
    deep.getRaster().setSample(1, 0, 0, 0xFFFF);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(deep, "png", bytes);
    Image read = Image.read(file(bytes.toByteArray()));
    assertThat(read.pixel(0, 0)).isEqualTo(0x121212);
    assertThat(read.pixel(1, 0)).isEqualTo(0xFFFFFF);
  }

  @Test
  void transparentPartsBecomeWhite() throws IOException {
    BufferedImage transparent = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    transparent.setRGB(0, 0, new Color(10, 20, 30, 0).getRGB());
    transparent.setRGB(1, 0, new Color(10, 20, 30, 255).getRGB());
    transparent.setRGB(2, 0, new Color(0, 0, 0, 51).getRGB());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(transparent, "png", bytes);
    Image read = Image.read(file(bytes.toByteArray()));
    assertThat(read.pixel(0, 0)).isEqualTo(0xFFFFFF);
    assertThat(read.pixel(1, 0)).isEqualTo(0x0A141E);
    assertThat(read.pixel(2, 0)).isEqualTo(0xCCCCCC);
  }

  @Test
  void whatIsNoPictureIsNamed() throws IOException {
    assertRefused(new byte[0], "PNG, JPEG, GIF or BMP", "an empty file");
    assertRefused(
        "<!DOCTYPE html>\n<html>".getBytes(StandardCharsets.UTF_8), "begins with \"<!DOCTYPE ht\"");
    assertRefused(new byte[] {0, 0, 5, 5, 1}, "begins with \".....\"");
    assertThatThrownBy(() -> Image.read(folder))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("found a directory");
    assertThatThrownBy(() -> Image.read(folder.resolve("none.png")))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void hugePngIsRefusedBeforeMemoryIsSpent() throws IOException {
    byte[] header = ByteBuffer.allocate(13).putInt(60_000).putInt(60_000).put((byte) 8).array();
    header[9] = 2;
    List<PngChunk> chunks =
        List.of(
            new PngChunk("IHDR", header),
            new PngChunk("IDAT", new byte[20]),
            new PngChunk("IEND", new byte[0]));
    assertRefused(PngChunk.join(chunks), "megapixels", "60000 x 60000");
  }

  @Test
  void hugeJpegGifAndBmpAreRefusedBeforeMemoryIsSpent() throws IOException {
    byte[] jpeg = encoded("jpg", BufferedImage.TYPE_INT_RGB);
    int frame = indexOf(jpeg, (byte) 0xFF, (byte) 0xC0);
    ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65_000).putShort(frame + 7, (short) 65_000);
    assertRefused(jpeg, "65000 x 65000");

    byte[] gif = encoded("gif", BufferedImage.TYPE_INT_RGB);
    int image = indexOf(gif, (byte) 0x2C, (byte) 0);
    gif[image + 6] = (byte) 0xFF;
    gif[image + 8] = (byte) 0xFF;
    assertRefused(gif, "megapixels");

    byte[] bmp = encoded("bmp", BufferedImage.TYPE_INT_RGB);
    ByteBuffer.wrap(bmp).putInt(18, 0xFFFF_FF00).putInt(22, 0xFFFF_FF00);
    assertRefused(bmp, "BMP");
  }

  private static int indexOf(byte[] bytes, byte first, byte second) {
    for (int i = bytes.length / 8; i + 1 < bytes.length; i++) {
      if (bytes[i] == first && bytes[i + 1] == second) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  @Test
  void jpegWithCountlessScansIsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(encoded("jpg", BufferedImage.TYPE_INT_RGB));
    for (int i = 0; i < 200; i++) {
      bytes.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xDA, 0, 2});
    }
    assertRefused(bytes.toByteArray(), "more than 100 scans");
  }

  @Test
  void ancillaryChunksCannotHarmTheDecoder() throws IOException {
    List<PngChunk> chunks =
        new ArrayList<>(PngChunk.parse(PngFile.encode(Pictures.gradient(9, 9), Map.of())));
    chunks.add(1, new PngChunk("iCCP", "x\0\0nonsense".getBytes(StandardCharsets.UTF_8)));
    chunks.add(1, new PngChunk("zTXt", "x\0\0nonsense".getBytes(StandardCharsets.UTF_8)));
    assertThat(Image.read(file(PngChunk.join(chunks)))).isEqualTo(Pictures.gradient(9, 9));
  }

  @Test
  void cutOffAndDamagedPngIsNamed() throws IOException {
    byte[] png = PngFile.encode(Pictures.gradient(24, 16), Map.of());
    assertRefused(Arrays.copyOf(png, png.length / 2), "claims", "bytes of data");
    assertRefused(Arrays.copyOf(png, png.length - 4), "cut off");
    png[60] ^= 1;
    assertRefused(png, "checksum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
  void damageNeverGivesAnythingButAPictureOrOneLine(String format) throws IOException {
    byte[] good = encoded(format, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(42);
    Path file = folder.resolve("damaged");
    Assertions.assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < 300; i++) {
            byte[] bytes = good.clone();
            for (int k = 0; k <= random.nextInt(4); k++) {
              bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt(256);
            }
            int length = i % 3 == 0 ? random.nextInt(bytes.length) : bytes.length;
            Files.write(file, Arrays.copyOf(bytes, length));
            try {
              assertThat(Image.read(file).width()).isPositive();
            } catch (PhospheneException e) {
              assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
            }
          }
        });
  }
}
