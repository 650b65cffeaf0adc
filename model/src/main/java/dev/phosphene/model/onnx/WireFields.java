package dev.phosphene.model.onnx;

import dev.phosphene.graph.PhospheneException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The fields of one Protocol Buffers message, one after the other as they lie in memory.
 *
 * <p>Encoding: https://protobuf.dev/programming-guides/encoding
 */
final class WireFields {
  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FOUR_BYTES = 5;

  /** Bits of a tag that say how its field is encoded; the others are the field's number. */
  private static final int WIRE_TYPE_BITS = 3;

  /** A varint has at most this many bits, in groups of seven. */
  private static final int VARINT_BITS = 64;

  private final ByteBuffer content;
  private byte[] kept = new byte[64];
  private int keptLength;
  private int start;
  private int payloadStart;
  private int field;
  private int wireType;

  WireFields(ByteBuffer content) {
    this.content = content.duplicate();
  }

  /**
   * Goes to the next field.
   *
   * @return whether there is one
   */
  boolean next() {
    if (!content.hasRemaining()) {
      return false;
    }
    start = content.position();
    long tag = varint();
    field = (int) (tag >>> WIRE_TYPE_BITS);
    wireType = (int) tag & ((1 << WIRE_TYPE_BITS) - 1);
    payloadStart = content.position();
    switch (wireType) {
      case VARINT -> varint();
      case EIGHT_BYTES -> skip(Long.BYTES);
      case FOUR_BYTES -> skip(Integer.BYTES);
      case LENGTH_DELIMITED -> {
        long length = varint();
        payloadStart = content.position();
        skip(length);
      }
      default -> throw damaged(); // groups, which ONNX never had, or no encoding at all
    }
    return true;
  }

  /** Whether the current field has this number and holds bytes or a message. */
  boolean isBytes(int number) {
    return field == number && wireType == LENGTH_DELIMITED;
  }

  /** The current field's bytes: a view, whose position is that in the whole content. */
  ByteBuffer payload() {
    return content.duplicate().limit(content.position()).position(payloadStart);
  }

  /** Adds the current field to those that {@link #kept} gives. */
  void keep() {
    int length = content.position() - start;
    if (kept.length - keptLength < length) {
      kept = Arrays.copyOf(kept, Math.max(Math.addExact(keptLength, length), kept.length * 2));
    }
    content.get(start, kept, keptLength, length);
    keptLength += length;
  }

  /** A message of the fields that were kept. */
  byte[] kept() {
    return Arrays.copyOf(kept, keptLength);
  }

  private void skip(long bytes) {
    if (bytes < 0 || bytes > content.remaining()) {
      throw damaged();
    }
    content.position(content.position() + (int) bytes);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < VARINT_BITS; shift += 7) {
      if (!content.hasRemaining()) {
        throw damaged();
      }
      byte next = content.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  static PhospheneException damaged() {
    return new PhospheneException("it is not an ONNX file, or is damaged or incomplete");
  }
}
