package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GifFileTest {
  private static final List<Image> FRAMES =
      List.of(
          Pictures.gradient(40, 30),
          Pictures.plain(40, 30, 0x3366CC),
          Pictures.gradient(40, 30).grayscale());

  @TempDir Path folder;

  @Test
  void framesDelayAndLoopAreAsAsked() throws IOException {
    Path file = folder.resolve("a.gif");
    AnimationFormat.GIF.write(file, FRAMES, 120, "");
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(stream);
      assertThat(reader.getNumImages(true)).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        var metadata = reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
        IIOMetadataNode control =
            (IIOMetadataNode)
                ((IIOMetadataNode) metadata)
                    .getElementsByTagName("GraphicControlExtension")
                    .item(0);
        assertThat(control.getAttribute("delayTime")).isEqualTo("12");
        var decoded = reader.read(i);
        double difference = 0;
        for (int y = 0; y < 30; y++) {
          for (int x = 0; x < 40; x++) {
            int expected = FRAMES.get(i).pixel(x, y) >> 8 & 0xFF;
            difference += Math.abs((decoded.getRGB(x, y) >> 8 & 0xFF) - expected);
          }
        }
        assertThat(difference / 1200).isLessThan(6);
      }
    } finally {
      reader.dispose();
    }
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .contains("NETSCAPE2.0\u0003\u0001\u0000\u0000");
  }

  @Test
  void fewColoursAreKeptExactly() {
    Path file = folder.resolve("a.gif");
    Image plain = Pictures.plain(40, 30, 0x3366CC);
    AnimationFormat.GIF.write(file, List.of(plain), 100, "");
    assertThat(Image.read(file)).isEqualTo(plain);
  }

  @Test
  void recipeComesBackAsItWas() {
    Path file = folder.resolve("a.gif");
    String recipe = "{\"class\": \"Grün → 緑\", \"text\": \"" + "long ".repeat(500) + "\"}";
    AnimationFormat.GIF.write(file, FRAMES, 100, recipe);
    assertThat(GifFile.recipe(file)).contains(recipe);
    assertThat(GifFile.comments(file)).containsExactly("phosphene\n" + recipe);
    AnimationFormat.GIF.write(file, FRAMES, 100, "");
    assertThat(GifFile.recipe(file)).isEmpty();
  }

  @Test
  void sameFramesSameBytes() {
    assertThat(AnimationFormat.GIF.encode(FRAMES, 100, "r"))
        .isEqualTo(AnimationFormat.GIF.encode(FRAMES, 100, "r"));
  }

  @Test
  void ditheringKeepsTheMeanColour() {
    Image image = Pictures.gradient(128, 128);
    Path file = folder.resolve("a.gif");
    AnimationFormat.GIF.write(file, List.of(image), 100, "");
    Image read = Image.read(file);
    assertThat(Pictures.meanDifference(read.resized(8, 8), image.resized(8, 8))).isLessThan(1.5);
  }

  @Test
  void framesOfDifferentSizesAreRefused() {
    assertThatThrownBy(
            () ->
                AnimationFormat.GIF.encode(
                    List.of(FRAMES.get(0), Pictures.gradient(40, 31)), 100, ""))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("40 x 31");
  }

  @Test
  void cutOffFilesAreRefused() throws IOException {
    byte[] gif = AnimationFormat.GIF.encode(FRAMES, 100, "recipe");
    Path file = folder.resolve("cut.gif");
    for (int length = 0; length < gif.length; length += 11) {
      Files.write(file, Arrays.copyOf(gif, length));
      assertThatThrownBy(() -> GifFile.comments(file))
          .isInstanceOf(PhospheneException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }
}
