package dev.phosphene.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The boxes that MP4 files consist of (ISO/IEC 14496-12, section 4.2). */
final class Mp4Boxes {
  /** The user's own kind of box: its first 16 bytes say whose. */
  private static final String OWN = "uuid";

  private static final String FILE_TYPE = "ftyp";

  private static final Set<String> AROUND_TIMES = Set.of("moov", "trak", "mdia");

  private static final Set<String> WITH_TIMES = Set.of("mvhd", "tkhd", "mdhd");

  /** Bytes of a box before its content: length and type. */
  private static final int FRAME = 8;

  private Mp4Boxes() {}

  static boolean isMp4(byte[] file) {
    return file.length >= FRAME && type(file, 0).equals(FILE_TYPE);
  }

  /** A box of our own with a text. */
  static byte[] box(byte[] identity, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer box = ByteBuffer.allocate(FRAME + identity.length + content.length);
    box.putInt(box.capacity()).put(OWN.getBytes(StandardCharsets.ISO_8859_1));
    return box.put(identity).put(content).array();
  }

  /**
   * The text of the first box of this identity.
   *
   * @throws MalformedFileException where the file is cut off
   */
  static Optional<String> text(byte[] file, byte[] identity) {
    if (!isMp4(file)) {
      throw new MalformedFileException("expected an MP4 file");
    }
    for (Box box : boxes(file, 0, file.length)) {
      int content = box.content + identity.length;
      if (box.type.equals(OWN)
          && content <= box.end
          && Arrays.equals(file, box.content, content, identity, 0, identity.length)) {
        return Optional.of(new String(file, content, box.end - content, StandardCharsets.UTF_8));
      }
    }
    return Optional.empty();
  }

  /** Sets the times at which a film and its tracks were made to none, in place. */
  static void removeTimes(byte[] file) {
    removeTimes(file, 0, file.length);
  }

  private static void removeTimes(byte[] file, int from, int to) {
    for (Box box : boxes(file, from, to)) {
      if (AROUND_TIMES.contains(box.type)) {
        removeTimes(file, box.content, box.end);
      } else if (WITH_TIMES.contains(box.type)) {
        int times = box.content + Integer.BYTES; // after version (0: times in 32 bits) and flags
        Arrays.fill(file, times, times + 2 * Integer.BYTES, (byte) 0);
      }
    }
  }

  /**
   * A box.
   *
   * @param content its first byte after length and type
   * @param end the first byte after it
   */
  private record Box(String type, int content, int end) {}

  private static List<Box> boxes(byte[] file, int from, int to) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    List<Box> boxes = new ArrayList<>();
    int at = from;
    while (at < to) {
      if (to - at < FRAME) {
        throw cutOff(file);
      }
      int frame = FRAME;
      long length = buffer.getInt(at) & 0xFFFF_FFFFL;
      if (length == 0) { // up to the end
        length = (long) to - at;
      } else if (length == 1) { // in 64 bits, after the type
        frame += Long.BYTES;
        length = to - at < frame ? 0 : buffer.getLong(at + FRAME);
      }
      if (length < frame || length > to - at) {
        throw cutOff(file);
      }
      boxes.add(new Box(type(file, at), at + frame, at + (int) length));
      at += (int) length;
    }
    return boxes;
  }

  private static String type(byte[] file, int at) {
    return new String(file, at + Integer.BYTES, Integer.BYTES, StandardCharsets.ISO_8859_1);
  }

  private static MalformedFileException cutOff(byte[] file) {
    return new MalformedFileException(
        "the MP4 file is cut off after %d bytes, or damaged".formatted(file.length));
  }
}
