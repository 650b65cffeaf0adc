package dev.phosphene.model.onnx;

import dev.phosphene.graph.Emitter;
import dev.phosphene.tensor.ElementType;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Element types by the numbers that ONNX files have for them. */
final class ElementTypes {
  private static final Map<Integer, ElementType> BY_CODE =
      Arrays.stream(ElementType.values())
          .collect(Collectors.toMap(Emitter::onnxCode, Function.identity()));

  /** Names of the codes that no {@link ElementType} stands for, for messages. */
  private static final Map<Integer, String> OTHERS =
      Map.ofEntries(
          Map.entry(14, "complex64"),
          Map.entry(15, "complex128"),
          Map.entry(17, "float8e4m3fn"),
          Map.entry(18, "float8e4m3fnuz"),
          Map.entry(19, "float8e5m2"),
          Map.entry(20, "float8e5m2fnuz"),
          Map.entry(21, "uint4"),
          Map.entry(22, "int4"),
          Map.entry(23, "float4e2m1"),
          Map.entry(24, "float8e8m0"),
          Map.entry(25, "uint2"),
          Map.entry(26, "int2"));

  private ElementTypes() {}

  /** The type of a code, unknown where there is none of it here. */
  static ElementType of(int code) {
    return BY_CODE.getOrDefault(code, ElementType.UNKNOWN);
  }

  /** What messages call the type of a code. */
  static String describe(int code) {
    ElementType type = of(code);
    return type == ElementType.UNKNOWN
        ? OTHERS.getOrDefault(code, "number " + code)
        : type.toString();
  }
}
