package dev.phosphene.tensor;

import java.util.Locale;

/** The type of a tensor's elements, as ONNX defines them. */
public enum ElementType {
  /** Not known, or not a dense tensor (a sequence, an optional). */
  UNKNOWN(0),
  FLOAT32(4),
  FLOAT64(8),
  FLOAT16(2),
  BFLOAT16(2),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  /** One byte an element, 0 or 1. */
  BOOL(1),
  /** Text; such values can pass through a graph but hold no numbers. */
  STRING(0);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element; 0 where elements have no fixed size. */
  public int bytes() {
    return bytes;
  }

  /** Whether values of this type carry gradients. */
  public boolean isFloating() {
    return switch (this) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
      case UNKNOWN, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL, STRING -> false;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
