package dev.phosphene.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bits of 16-bit floating types against IEEE 754 and the definition of bfloat16. */
class ElementConversionTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0000",
    "-0.0, 8000",
    "1, 3c00",
    "-2, c000",
    "0.333251953125, 3555",
    "65504, 7bff",
    "65519.996, 7bff",
    "65520, 7c00",
    "-1e10, fc00",
    "Infinity, 7c00",
    "-Infinity, fc00",
    "6.103515625e-5, 0400",
    "6.097555160522461e-5, 03ff",
    "6.1005353927612305e-5, 0400",
    "5.960464477539063e-8, 0001",
    "2.9802322387695312e-8, 0000",
    "2.9802325e-8, 0001",
    "8.940696716308594e-8, 0002",
    "1.00048828125, 3c00",
    "1.0004884, 3c01",
    "1.00146484375, 3c02",
    "-1.00146484375, bc02",
    "1.9998779, 4000",
  })
  void roundsToTheNearestHalfAndTiesToEven(float value, String bits) {
    assertThat(bits(ElementType.FLOAT16, value)).isEqualTo(bits);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0000",
    "-0.0, 8000",
    "1, 3f80",
    "-2, c000",
    "3.140625, 4049",
    "1.00390625, 3f80",
    "1.01171875, 3f82",
    "1.003907, 3f81",
    "-1.01171875, bf82",
    "3.3895314e38, 7f7f",
    "3.4028235e38, 7f80",
    "Infinity, 7f80",
    "-Infinity, ff80",
    "1e-40, 0001",
  })
  void roundsToTheNearestBfloatAndTiesToEven(float value, String bits) {
    assertThat(bits(ElementType.BFLOAT16, value)).isEqualTo(bits);
  }

  private static String bits(ElementType type, float value) {
    Tensor tensor = Tensor.converted(type, new double[] {value}, 1);
    return "%04x".formatted(tensor.bytes().getShort(0) & 0xFFFF);
  }

  @Test
  void everyHalfSurvivesTheWayThroughFloat() {
    everyPatternSurvives(ElementType.FLOAT16);
  }

  @Test
  void everyBfloatSurvivesTheWayThroughFloat() {
    everyPatternSurvives(ElementType.BFLOAT16);
  }

  private static void everyPatternSurvives(ElementType type) {
    ByteBuffer patterns = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits = 0; bits < 1 << 16; bits++) {
      patterns.putShort(bits * 2, (short) bits);
    }
    Tensor all = Tensor.over(type, new long[] {1 << 16}, patterns);
    Tensor back = all.as(ElementType.FLOAT32).as(type);
    for (int bits = 0; bits < 1 << 16; bits++) {
      double value = all.getDouble(bits);
      if (Double.isNaN(value)) {
        assertThat(back.getDouble(bits)).isNaN();
      } else {
        assertThat(back.bytes().getShort(bits * 2)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void integersKeepAllTheirBits() {
    long[] elements = {Long.MAX_VALUE, Long.MIN_VALUE, (1L << 53) + 1};
    assertThat(Tensor.of(elements, 3).as(ElementType.INT64).toLongs()).containsExactly(elements);
    assertThat(Tensor.of(elements, 3).as(ElementType.UINT64).toLongs()).containsExactly(elements);
    assertThat(Tensor.converted(ElementType.INT32, elements, 3).toLongs())
        .containsExactly(-1, 0, 1);
    assertThat(Tensor.converted(ElementType.UINT8, new long[] {-1, 256, 300}, 3).toLongs())
        .containsExactly(255, 0, 44);
  }

  @Test
  void unsignedSixtyFourBitIntegersAreNeverNegative() {
    Tensor large = Tensor.converted(ElementType.UINT64, new long[] {-1, Long.MIN_VALUE}, 2);
    assertThat(large.as(ElementType.FLOAT64).toDoubles()).containsExactly(0x1p64, 0x1p63);
  }

  @Test
  void anythingButZeroIsTrue() {
    Tensor truths = Tensor.converted(ElementType.BOOL, new double[] {0, 0.5, -3, Double.NaN}, 4);
    assertThat(truths.toLongs()).containsExactly(0, 1, 1, 1);
  }

  @Test
  void selectedElementsStandInTheOrderOfTheirIndices() {
    Tensor chosen = Tensor.of(new float[] {5, 6, 7}, 3).select(new int[] {2, 0, 0, 1}, 2, 2);
    assertThat(chosen.shape()).isEqualTo(Shape.of(2, 2));
    assertThat(chosen.toFloats()).containsExactly(7, 5, 5, 6);
  }
}
