package dev.phosphene.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * PNG files of several frames that repeat for ever (PNG specification, third edition, sections 5.6
 * and 11.3.6). What knows no animation shows the first frame. The recipe is in them as in {@link
 * PngFile}. The same frames give the same bytes.
 */
final class ApngFile {
  private static final int MILLISECONDS = 1000;

  /** A frame's delay is 16 bits. */
  private static final int LONGEST_MILLISECONDS = 0xFFFF;

  private ApngFile() {}

  /** One frame, in the place of equal ones that follow each other. */
  private record Shown(Image image, int milliseconds) {}

  static byte[] encode(List<Image> frames, int delayMilliseconds, String recipe) {
    List<Shown> shown = shown(frames, delayMilliseconds);
    List<PngChunk> chunks = new ArrayList<>();
    chunks.add(PngPixels.header(frames.get(0)));
    chunks.add(new PngChunk("acTL", ByteBuffer.allocate(8).putInt(shown.size()).array()));
    if (!recipe.isEmpty()) {
      chunks.add(new PngText(PngFile.RECIPE_KEYWORD, recipe).toChunk());
    }
    int sequence = 0;
    for (Shown frame : shown) {
      boolean isFirst = sequence == 0;
      chunks.add(control(sequence++, frame));
      PngChunk pixels = PngPixels.data(frame.image());
      if (isFirst) {
        chunks.add(pixels);
      } else {
        byte[] data = pixels.data();
        ByteBuffer numbered = ByteBuffer.allocate(Integer.BYTES + data.length);
        chunks.add(new PngChunk("fdAT", numbered.putInt(sequence++).put(data).array()));
      }
    }
    chunks.add(PngChunk.end());
    return PngChunk.join(chunks);
  }

  private static List<Shown> shown(List<Image> frames, int delayMilliseconds) {
    int delay = Math.max(1, Math.min(LONGEST_MILLISECONDS, delayMilliseconds));
    List<Shown> shown = new ArrayList<>();
    for (Image frame : frames) {
      Shown last = shown.isEmpty() ? null : shown.get(shown.size() - 1);
      if (last != null
          && last.image().equals(frame)
          && last.milliseconds() + delay <= LONGEST_MILLISECONDS) {
        shown.set(shown.size() - 1, new Shown(frame, last.milliseconds() + delay));
      } else {
        shown.add(new Shown(frame, delay));
      }
    }
    return shown;
  }

  /** The whole picture anew, over nothing. */
  private static PngChunk control(int sequence, Shown frame) {
    ByteBuffer data = ByteBuffer.allocate(26);
    data.putInt(sequence).putInt(frame.image().width()).putInt(frame.image().height());
    data.putInt(0).putInt(0);
    data.putShort((short) frame.milliseconds()).putShort((short) MILLISECONDS);
    return new PngChunk("fcTL", data.array());
  }

  /** Whether a file is a PNG file that says, before its pixels, that it is animated. */
  static boolean isAnimated(byte[] file) {
    return PngChunk.isPng(file) && PngChunk.typesBeforePixels(file).contains("acTL");
  }
}
