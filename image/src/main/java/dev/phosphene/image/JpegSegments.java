package dev.phosphene.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Comments in JPEG files, without decoding pixels (ITU-T T.81, annex B). */
final class JpegSegments {
  private static final int MARKER = 0xFF;
  private static final int START_OF_IMAGE = 0xD8;
  private static final int APPLICATION = 0xE0;
  private static final int COMMENT = 0xFE;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;

  /** A segment's length is 16 bits and counts itself. */
  private static final int MOST_BYTES = 0xFFFF - Short.BYTES;

  private JpegSegments() {}

  static boolean isJpeg(byte[] file) {
    return file.length > 2
        && (file[0] & 0xFF) == MARKER
        && (file[1] & 0xFF) == START_OF_IMAGE
        && (file[2] & 0xFF) == MARKER;
  }

  /**
   * A file with a text in it: as many comments as it takes, each beginning with a prefix, after the
   * header that decoders look for first.
   */
  static byte[] withText(byte[] file, String prefix, String text) {
    int header = (file[3] & 0xFF) == APPLICATION ? 4 + length(file, 4) : 2;
    byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    int most = MOST_BYTES - start.length;
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(file, 0, header);
    for (int from = 0; from < content.length; from += most) {
      int count = Math.min(most, content.length - from);
      ByteBuffer segment = ByteBuffer.allocate(2 * Short.BYTES + start.length + count);
      segment.put((byte) MARKER).put((byte) COMMENT);
      segment.putShort((short) (Short.BYTES + start.length + count));
      segment.put(start).put(content, from, count);
      whole.writeBytes(segment.array());
    }
    whole.write(file, header, file.length - header);
    return whole.toByteArray();
  }

  /**
   * The text of all comments that begin with a prefix; empty where there is none.
   *
   * @throws MalformedFileException where the file is cut off before its pixels
   */
  static String text(byte[] file, String prefix) {
    if (!isJpeg(file)) {
      throw new MalformedFileException("expected the signature of a JPEG file");
    }
    byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (byte[] comment : comments(file)) {
      if (comment.length >= start.length
          && Arrays.equals(comment, 0, start.length, start, 0, start.length)) {
        text.write(comment, start.length, comment.length - start.length);
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static List<byte[]> comments(byte[] file) {
    List<byte[]> comments = new ArrayList<>();
    int at = 2;
    while (true) {
      if (at + 2 * Short.BYTES > file.length) {
        throw cutOff(file);
      }
      int marker = file[at + 1] & 0xFF;
      if ((file[at] & 0xFF) != MARKER) {
        throw new MalformedFileException("expected a JPEG marker at byte " + at);
      }
      if (marker == MARKER) { // a byte that fills up
        at++;
        continue;
      }
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        return comments;
      }
      int length = length(file, at + 2);
      if (length < Short.BYTES || length > file.length - at - 2) {
        throw cutOff(file);
      }
      if (marker == COMMENT) {
        comments.add(Arrays.copyOfRange(file, at + 2 + Short.BYTES, at + 2 + length));
      }
      at += 2 + length;
    }
  }

  private static int length(byte[] file, int at) {
    return ((file[at] & 0xFF) << 8) | (file[at + 1] & 0xFF);
  }

  private static MalformedFileException cutOff(byte[] file) {
    return new MalformedFileException(
        "the JPEG file is cut off after %d bytes".formatted(file.length));
  }
}
