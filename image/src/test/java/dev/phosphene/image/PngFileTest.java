package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFileTest {
  private static final Image PICTURE = Pictures.patterned(37, 29);

  @TempDir Path folder;

  private Path withChunk(String type, byte[] data) throws IOException {
    List<PngChunk> chunks = new ArrayList<>(PngChunk.parse(PngFile.encode(PICTURE, Map.of())));
    chunks.add(1, new PngChunk(type, data));
    return Files.write(folder.resolve("text.png"), PngChunk.join(chunks));
  }

  @Test
  void transparentPicturesKeepColoursAndOpacity() throws Exception {
    Path file = folder.resolve("transparent.png");
    Image image = Pictures.gradient(31, 17);
    Image opacity = image.grayscale();
    PngFile.writeTransparent(file, image, opacity);
    var decoded = ImageIO.read(file.toFile());
    for (int y = 0; y < 17; y++) {
      for (int x = 0; x < 31; x++) {
        int argb = decoded.getRGB(x, y);
        assertThat(argb & 0xFFFFFF).isEqualTo(image.pixel(x, y) & 0xFFFFFF);
        assertThat(argb >>> 24).isEqualTo(opacity.pixel(x, y) & 0xFF);
      }
    }
  }

  @Test
  void picturesComeBackAsTheyWere() {
    Path file = folder.resolve("picture.png");
    for (Image image : List.of(PICTURE, Pictures.gradient(64, 3), Pictures.plain(1, 1, 0x123456))) {
      PngFile.write(file, image);
      assertThat(Image.read(file)).isEqualTo(image);
    }
  }

  @Test
  void anotherDecoderReadsTheSamePixels() throws IOException {
    byte[] png = PngFile.encode(PICTURE, Map.of("phosphene", "recipe"));
    var decoded = ImageIO.read(new ByteArrayInputStream(png));
    for (int y = 0; y < PICTURE.height(); y++) {
      for (int x = 0; x < PICTURE.width(); x++) {
        assertThat(decoded.getRGB(x, y) & 0xFFFFFF).isEqualTo(PICTURE.pixel(x, y));
      }
    }
  }

  @Test
  void textsComeBackAsTheyWere() {
    Path file = folder.resolve("picture.png");
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("phosphene", "{\"seed\": 7, \"name\": \"Grün → 緑\"}");
    texts.put("Empty", "");
    texts.put("Long", "many words ".repeat(10_000));
    PngFile.write(file, PICTURE, texts);
    assertThat(PngFile.texts(file)).containsExactlyEntriesOf(texts);
    assertThat(PngFile.recipe(file)).contains(texts.get("phosphene"));
    assertThat(file.toFile().length()).isLessThan(10_000);
    assertThat(Image.read(file)).isEqualTo(PICTURE);
  }

  @Test
  void pictureWithoutRecipeHasNone() {
    Path file = folder.resolve("picture.png");
    PngFile.write(file, PICTURE);
    assertThat(PngFile.recipe(file)).isEmpty();
  }

  @Test
  void samePictureSameBytes() {
    Map<String, String> texts = Map.of("phosphene", "x".repeat(5000));
    assertThat(PngFile.encode(PICTURE, texts))
        .isEqualTo(PngFile.encode(Pictures.patterned(37, 29), texts));
  }

  @Test
  void readsTheOtherTextChunks() throws IOException {
    Path plain = withChunk("tEXt", "Author\0caf\u00E9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(PngFile.texts(plain)).containsExactly(Map.entry("Author", "café"));
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    compressed.writeBytes("Comment\0\0".getBytes(StandardCharsets.ISO_8859_1));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(compressed)) {
      deflater.write("words".getBytes(StandardCharsets.ISO_8859_1));
    }
    Path deflated = withChunk("zTXt", compressed.toByteArray());
    assertThat(PngFile.texts(deflated)).containsExactly(Map.entry("Comment", "words"));
  }

  private static void assertRefused(Path file, String part) {
    assertThatThrownBy(() -> PngFile.texts(file))
        .isInstanceOf(PhospheneException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageNotContaining("\n")
        .hasMessageContaining(part);
  }

  @Test
  void decompressionBombIsRefused() throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    compressed.writeBytes("phosphene\0\0".getBytes(StandardCharsets.ISO_8859_1));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(compressed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 20; i++) {
        deflater.write(zeros);
      }
    }
    assertRefused(withChunk("zTXt", compressed.toByteArray()), "longer than 16777216 bytes");
  }

  @Test
  void malformedTextsAreRefused() throws IOException {
    assertRefused(withChunk("tEXt", new byte[0]), "cut off");
    assertRefused(withChunk("zTXt", "k\0".getBytes(StandardCharsets.UTF_8)), "cut off");
    assertRefused(withChunk("zTXt", "k\0\0".getBytes(StandardCharsets.UTF_8)), "cut off");
    assertRefused(withChunk("zTXt", "k\0\0xyz".getBytes(StandardCharsets.UTF_8)), "damaged");
    for (int length = 0; length < 5; length++) {
      byte[] text = Arrays.copyOf("k\0\0\0\0".getBytes(StandardCharsets.UTF_8), length);
      assertRefused(withChunk("iTXt", text), "cut off");
    }
  }

  @Test
  void malformedChunksAreRefused() throws IOException {
    byte[] png = PngFile.encode(PICTURE, Map.of());
    byte[] endless = png.clone();
    Arrays.fill(endless, 33, 37, (byte) 0x7F);
    assertRefused(Files.write(folder.resolve("a"), endless), "claims 2139062143 bytes");
    byte[] negative = png.clone();
    Arrays.fill(negative, 33, 37, (byte) 0xFF);
    assertRefused(Files.write(folder.resolve("b"), negative), "claims 4294967295 bytes");
    assertRefused(Files.write(folder.resolve("c"), Arrays.copyOf(png, 20)), "claims 13 bytes");
    assertRefused(
        Files.write(folder.resolve("d"), "no picture".getBytes(StandardCharsets.UTF_8)),
        "signature");
    assertRefused(folder.resolve("none"), "no such file");
  }

  @Test
  void keywordsThatPngForbidsAreRefused() {
    for (String keyword : List.of("", "a\nb", "é", "k".repeat(80))) {
      assertThatThrownBy(() -> PngFile.encode(PICTURE, Map.of(keyword, "")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
