package dev.phosphene.tensor;

import java.nio.ByteBuffer;

/** Reads and writes single elements of every numeric type in little-endian buffers. */
final class Elements {
  private Elements() {}

  static double get(ElementType type, ByteBuffer bytes, int index) {
    return switch (type) {
      case FLOAT32 -> bytes.getFloat(index * Float.BYTES);
      case FLOAT64 -> bytes.getDouble(index * Double.BYTES);
      case FLOAT16 -> halfToFloat(bytes.getShort(index * Short.BYTES));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(index * Short.BYTES) << 16);
      case UINT64 -> unsignedToDouble(bytes.getLong(index * Long.BYTES));
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, BOOL -> getLong(type, bytes, index);
      case UNKNOWN, STRING -> throw noNumber(type);
    };
  }

  static long getLong(ElementType type, ByteBuffer bytes, int index) {
    return switch (type) {
      case INT8 -> bytes.get(index);
      case UINT8, BOOL -> bytes.get(index) & 0xFF;
      case INT16 -> bytes.getShort(index * Short.BYTES);
      case UINT16 -> bytes.getShort(index * Short.BYTES) & 0xFFFF;
      case INT32 -> bytes.getInt(index * Integer.BYTES);
      case UINT32 -> bytes.getInt(index * Integer.BYTES) & 0xFFFF_FFFFL;
      case INT64, UINT64 -> bytes.getLong(index * Long.BYTES);
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> (long) get(type, bytes, index);
      case UNKNOWN, STRING -> throw noNumber(type);
    };
  }

  static void put(ElementType type, ByteBuffer bytes, int index, double element) {
    switch (type) {
      case FLOAT32 -> bytes.putFloat(index * Float.BYTES, (float) element);
      case FLOAT64 -> bytes.putDouble(index * Double.BYTES, element);
      case FLOAT16 -> bytes.putShort(index * Short.BYTES, floatToHalf((float) element));
      case BFLOAT16 -> bytes.putShort(index * Short.BYTES, floatToBfloat((float) element));
      case INT8, UINT8 -> bytes.put(index, (byte) (long) element);
      case BOOL -> bytes.put(index, (byte) (element != 0 ? 1 : 0));
      case INT16, UINT16 -> bytes.putShort(index * Short.BYTES, (short) (long) element);
      case INT32, UINT32 -> bytes.putInt(index * Integer.BYTES, (int) (long) element);
      case INT64, UINT64 -> bytes.putLong(index * Long.BYTES, (long) element);
      case UNKNOWN, STRING -> throw noNumber(type);
    }
  }

  /** Integers keep their lowest bits where the type is narrower. */
  static void putLong(ElementType type, ByteBuffer bytes, int index, long element) {
    switch (type) {
      case INT8, UINT8 -> bytes.put(index, (byte) element);
      case BOOL -> bytes.put(index, (byte) (element != 0 ? 1 : 0));
      case INT16, UINT16 -> bytes.putShort(index * Short.BYTES, (short) element);
      case INT32, UINT32 -> bytes.putInt(index * Integer.BYTES, (int) element);
      case INT64, UINT64 -> bytes.putLong(index * Long.BYTES, element);
      case FLOAT32 -> bytes.putFloat(index * Float.BYTES, (float) element);
      case FLOAT64, FLOAT16, BFLOAT16 -> put(type, bytes, index, (double) element);
      case UNKNOWN, STRING -> throw noNumber(type);
    }
  }

  /** IEEE 754 binary16 to binary32; exact. */
  static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1F;
    int fraction = half & 0x3FF;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }

  /** IEEE 754 binary32 to binary16, rounded to nearest, ties to even. */
  static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7E00);
    }
    if (magnitude >= 65520) { // halfway between the largest half and the next power of two
      return (short) (sign | 0x7C00);
    }
    if (magnitude < 0x1p-14f) { // subnormal halves are multiples of 2^-24
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int rounded = (bits & 0x7FFF_FFFF) + 0xFFF + ((bits >>> 13) & 1);
    return (short) (sign | ((rounded - ((127 - 15) << 23)) >> 13));
  }

  private static short floatToBfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  private static double unsignedToDouble(long bits) {
    return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
  }

  private static IllegalStateException noNumber(ElementType type) {
    return new IllegalStateException("Elements of type " + type + " are not numbers");
  }
}
