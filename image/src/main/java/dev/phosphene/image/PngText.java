package dev.phosphene.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * One text of a PNG file, as the chunks tEXt, zTXt and iTXt hold it (PNG specification, section
 * 11.3.4).
 */
record PngText(String keyword, String text) {
  /** Longer texts are compressed: below, a deflate stream hardly saves anything. */
  private static final int COMPRESSED_FROM = 1024;

  /** Most bytes of a text after decompression; a recipe has a few thousand. */
  private static final int MAXIMUM_BYTES = 1 << 24;

  static boolean isText(PngChunk chunk) {
    return switch (chunk.type()) {
      case "tEXt", "zTXt", "iTXt" -> true;
      default -> false;
    };
  }

  /** An iTXt chunk without language: UTF-8, compressed where long. */
  PngChunk toChunk() {
    byte[] name = keyword.getBytes(StandardCharsets.ISO_8859_1);
    if (name.length < 1 || name.length > 79 || keyword.chars().anyMatch(c -> c < 32 || c > 126)) {
      throw new IllegalArgumentException(
          "A PNG keyword has 1 to 79 printable ASCII characters, found \"" + keyword + "\"");
    }
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    boolean compressed = content.length >= COMPRESSED_FROM;
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(name);
    data.write(0);
    data.write(compressed ? 1 : 0);
    data.writeBytes(new byte[3]); // method 0 (deflate), no language, no translated keyword
    data.writeBytes(compressed ? deflated(content) : content);
    return new PngChunk("iTXt", data.toByteArray());
  }

  static PngText parse(PngChunk chunk) {
    byte[] data = chunk.data();
    int end = terminator(data, 0);
    String keyword = new String(data, 0, end, StandardCharsets.ISO_8859_1);
    return switch (chunk.type()) {
      case "tEXt" -> text(keyword, data, end + 1, false, StandardCharsets.ISO_8859_1);
      case "zTXt" -> text(keyword, data, end + 2, true, StandardCharsets.ISO_8859_1);
      case "iTXt" -> {
        int translated = terminator(data, end + 3) + 1;
        int start = terminator(data, translated) + 1;
        yield text(keyword, data, start, data[end + 1] != 0, StandardCharsets.UTF_8);
      }
      default -> throw new IllegalArgumentException("Not a text chunk: " + chunk.type());
    };
  }

  private static PngText text(
      String keyword, byte[] data, int start, boolean compressed, Charset charset) {
    if (start > data.length) {
      throw new MalformedFileException("the PNG text \"%s\" is cut off".formatted(keyword));
    }
    byte[] content = Arrays.copyOfRange(data, start, data.length);
    return new PngText(
        keyword, new String(compressed ? inflated(keyword, content) : content, charset));
  }

  private static int terminator(byte[] data, int from) {
    for (int i = from; i < data.length; i++) {
      if (data[i] == 0) {
        return i;
      }
    }
    throw new MalformedFileException("a PNG text chunk is cut off");
  }

  private static byte[] deflated(byte[] content) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
    try {
      deflater.setInput(content);
      deflater.finish();
      ByteArrayOutputStream compressed = new ByteArrayOutputStream();
      byte[] part = new byte[8192];
      while (!deflater.finished()) {
        compressed.write(part, 0, deflater.deflate(part));
      }
      return compressed.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static byte[] inflated(String keyword, byte[] content) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(content);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] part = new byte[8192];
      while (!inflater.finished()) {
        int count = inflater.inflate(part);
        if (count == 0) {
          throw new MalformedFileException(
              "the compressed PNG text \"%s\" is cut off".formatted(keyword));
        }
        text.write(part, 0, count);
        if (text.size() > MAXIMUM_BYTES) {
          throw new MalformedFileException(
              "the compressed PNG text \"%s\" is longer than %d bytes"
                  .formatted(keyword, MAXIMUM_BYTES));
        }
      }
      return text.toByteArray();
    } catch (DataFormatException e) {
      throw new MalformedFileException(
          "the compressed PNG text \"%s\" is damaged".formatted(keyword));
    } finally {
      inflater.end();
    }
  }
}
