package dev.phosphene.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Walks over the blocks of a GIF file without decoding pixels (GIF89a specification). */
final class GifBlocks {
  private static final int SCREEN_DESCRIPTOR_FLAGS = 10;
  private static final int HEADER_BYTES = 13;
  private static final int IMAGE_DESCRIPTOR_BYTES = 9;
  private static final int EXTENSION = 0x21;
  private static final int COMMENT = 0xFE;
  private static final int IMAGE = 0x2C;
  private static final int TRAILER = 0x3B;

  private final byte[] file;
  private int position;

  GifBlocks(byte[] file) {
    this.file = file;
  }

  static boolean isGif(byte[] file) {
    String signature = new String(file, 0, Math.min(6, file.length), StandardCharsets.ISO_8859_1);
    return signature.equals("GIF87a") || signature.equals("GIF89a");
  }

  /** The bytes of each comment extension. */
  List<byte[]> comments() {
    if (!isGif(file)) {
      throw new MalformedFileException("expected the signature of a GIF file");
    }
    position = SCREEN_DESCRIPTOR_FLAGS;
    int screenFlags = next();
    position = HEADER_BYTES + colourTableBytes(screenFlags);
    List<byte[]> comments = new ArrayList<>();
    while (true) {
      int block = next();
      switch (block) {
        case EXTENSION -> {
          boolean comment = next() == COMMENT;
          byte[] content = subBlocks();
          if (comment) {
            comments.add(content);
          }
        }
        case IMAGE -> {
          position += IMAGE_DESCRIPTOR_BYTES - 1;
          int imageFlags = next();
          position += colourTableBytes(imageFlags) + 1; // and the minimum code size
          subBlocks();
        }
        case TRAILER -> {
          return comments;
        }
        default ->
            throw new MalformedFileException(
                "the GIF file has a block of unknown kind at byte " + (position - 1));
      }
    }
  }

  private static int colourTableBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  private byte[] subBlocks() {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int size = next(); size > 0; size = next()) {
      if (size > file.length - position) {
        throw cutOff();
      }
      content.write(file, position, size);
      position += size;
    }
    return content.toByteArray();
  }

  private int next() {
    if (position >= file.length) {
      throw cutOff();
    }
    return file[position++] & 0xFF;
  }

  private MalformedFileException cutOff() {
    return new MalformedFileException(
        "the GIF file is cut off after %d bytes".formatted(file.length));
  }
}
