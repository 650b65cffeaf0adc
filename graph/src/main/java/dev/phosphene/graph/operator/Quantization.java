package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** Rounding to few bits and back: {@code x = (quantized - zero point) * scale}. */
final class Quantization {
  private Quantization() {}

  static List<OperatorSpec> specs() {
    return List.of(
        new OperatorSpec("QuantizeLinear", 21, Quantization::quantize),
        new OperatorSpec("DequantizeLinear", 21, Quantization::dequantize),
        new OperatorSpec("DynamicQuantizeLinear", 11, Quantization::quantizeDynamically));
  }

  private static void quantize(Inference node) {
    ElementType type = Casting.type(node, "output_dtype", ElementType.UNKNOWN);
    if (type == ElementType.UNKNOWN) {
      type = node.has(2) ? node.type(2) : ElementType.UINT8;
    }
    node.output(0, type, node.shape(0));
  }

  private static void dequantize(Inference node) {
    ElementType scale = node.type(1);
    node.output(0, scale == ElementType.UNKNOWN ? ElementType.FLOAT32 : scale, node.shape(0));
  }

  private static void quantizeDynamically(Inference node) {
    node.output(0, ElementType.UINT8, node.shape(0));
    node.output(1, ElementType.FLOAT32, Shape.scalar());
    node.output(2, ElementType.UINT8, Shape.scalar());
  }
}
