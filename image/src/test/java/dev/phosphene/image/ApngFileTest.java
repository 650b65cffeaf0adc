package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApngFileTest {
  private static final Image FIRST = Pictures.gradient(40, 30);
  private static final Image SECOND = Pictures.plain(40, 30, 0x3366CC);

  @TempDir Path folder;

  @Test
  void everyFrameIsAPngPictureOfItsOwn() throws Exception {
    byte[] file = ApngFile.encode(List.of(FIRST, SECOND), 120, "recipe");
    List<PngChunk> chunks = PngChunk.parse(file);
    int sequence = 0;
    List<Image> frames = new ArrayList<>();
    for (PngChunk chunk : chunks) {
      ByteBuffer data = ByteBuffer.wrap(chunk.data());
      switch (chunk.type()) {
        case "acTL" -> {
          assertThat(data.getInt()).isEqualTo(2);
          assertThat(data.getInt()).isZero(); // for ever
        }
        case "fcTL" -> {
          assertThat(data.getInt()).isEqualTo(sequence++);
          assertThat(List.of(data.getInt(), data.getInt())).containsExactly(40, 30);
          assertThat(List.of(data.getInt(), data.getInt())).containsExactly(0, 0);
          assertThat(List.of(data.getShort(), data.getShort()))
              .containsExactly((short) 120, (short) 1000);
        }
        case "IDAT" -> frames.add(decoded(chunks.get(0), chunk.data()));
        case "fdAT" -> {
          assertThat(data.getInt()).isEqualTo(sequence++);
          byte[] pixels = new byte[data.remaining()];
          data.get(pixels);
          frames.add(decoded(chunks.get(0), pixels));
        }
        default -> assertThat(chunk.type()).isIn("IHDR", "iTXt", "IEND");
      }
    }
    assertThat(frames).containsExactly(FIRST, SECOND);
  }

  private Image decoded(PngChunk header, byte[] pixels) throws Exception {
    List<PngChunk> chunks = List.of(header, new PngChunk("IDAT", pixels), PngChunk.end());
    return Image.read(Files.write(folder.resolve("frame.png"), PngChunk.join(chunks)));
  }

  @Test
  void equalFramesAreOneThatLastsLonger() {
    byte[] file = ApngFile.encode(List.of(FIRST, SECOND, SECOND, SECOND), 120, "");
    List<Integer> delays =
        PngChunk.parse(file).stream()
            .filter(chunk -> chunk.type().equals("fcTL"))
            .map(chunk -> (int) ByteBuffer.wrap(chunk.data()).getShort(20))
            .toList();
    assertThat(delays).containsExactly(120, 360);
  }

  @Test
  void firstFrameIsWhatOtherReadersSee() throws Exception {
    Path file = folder.resolve("a.apng");
    AnimationFormat.APNG.write(file, List.of(FIRST, SECOND), 120, "recipe");
    assertThat(Image.read(file)).isEqualTo(FIRST);
  }
}
