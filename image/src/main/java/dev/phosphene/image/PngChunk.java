package dev.phosphene.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * One chunk of a PNG file (PNG specification, section 5.3): length, type, data and checksum.
 *
 * @param type four letters; the first is upper case where a decoder must understand the chunk
 */
record PngChunk(String type, byte[] data) {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  /** Bytes of a chunk beside its data. */
  private static final int FRAME = 12;

  static boolean isPng(byte[] file) {
    return file.length >= SIGNATURE.length
        && Arrays.equals(file, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  /**
   * The chunks of a file up to and with IEND.
   *
   * @throws MalformedFileException where the file is cut off or a checksum is wrong
   */
  static List<PngChunk> parse(byte[] file) {
    if (!isPng(file)) {
      throw new MalformedFileException("expected the signature of a PNG file");
    }
    List<PngChunk> chunks = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(file).position(SIGNATURE.length);
    while (true) {
      if (buffer.remaining() < FRAME) {
        throw new MalformedFileException(
            "the PNG file is cut off after %d bytes".formatted(file.length));
      }
      int start = buffer.position();
      int length = buffer.getInt();
      if (length < 0 || length > buffer.remaining() - (FRAME - Integer.BYTES)) {
        throw new MalformedFileException(
            "the PNG chunk at byte %d claims %d bytes of data, found %d"
                .formatted(start, length & 0xFFFF_FFFFL, buffer.remaining() - 8));
      }
      CRC32 checksum = new CRC32();
      checksum.update(file, buffer.position(), Integer.BYTES + length);
      byte[] type = new byte[Integer.BYTES];
      byte[] data = new byte[length];
      buffer.get(type).get(data);
      if (buffer.getInt() != (int) checksum.getValue()) {
        throw new MalformedFileException(
            "the checksum of the PNG chunk at byte %d is wrong".formatted(start));
      }
      PngChunk chunk = new PngChunk(new String(type, StandardCharsets.ISO_8859_1), data);
      if (chunks.isEmpty() && (!chunk.type().equals("IHDR") || length != 13)) {
        throw new MalformedFileException("expected a PNG header (IHDR) as the first chunk");
      }
      chunks.add(chunk);
      if (chunk.type().equals("IEND")) {
        return chunks;
      }
    }
  }

  static byte[] join(List<PngChunk> chunks) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SIGNATURE);
    for (PngChunk chunk : chunks) {
      ByteBuffer framed = ByteBuffer.allocate(FRAME + chunk.data().length);
      framed.putInt(chunk.data().length);
      framed.put(chunk.type().getBytes(StandardCharsets.ISO_8859_1)).put(chunk.data());
      CRC32 checksum = new CRC32();
      checksum.update(framed.array(), Integer.BYTES, Integer.BYTES + chunk.data().length);
      framed.putInt((int) checksum.getValue());
      file.writeBytes(framed.array());
    }
    return file.toByteArray();
  }

  /** What every file ends with. */
  static PngChunk end() {
    return new PngChunk("IEND", new byte[0]);
  }

  /** The types of the chunks before the first one of pixels, as far as the file has them. */
  static List<String> typesBeforePixels(byte[] file) {
    List<String> types = new ArrayList<>();
    long at = SIGNATURE.length;
    while (at + FRAME <= file.length) {
      String type = new String(file, (int) at + Integer.BYTES, 4, StandardCharsets.ISO_8859_1);
      if (type.equals("IDAT")) {
        break;
      }
      types.add(type);
      at += FRAME + (ByteBuffer.wrap(file).getInt((int) at) & 0xFFFF_FFFFL);
    }
    return types;
  }

  /** Whether pixels depend on this chunk. */
  boolean isNeededForPixels() {
    return Character.isUpperCase(type.charAt(0)) || type.equals("tRNS");
  }
}
