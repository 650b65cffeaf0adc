package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** DynamicQuantizeLSTM of ONNX Runtime's own domain as an LSTM with floating weights. */
final class QuantizedRecurrence {
  private static final int LSTM_INPUTS = 8;

  private QuantizedRecurrence() {}

  static Map<OperatorType, Decomposition> rows() {
    return Map.of(
        new OperatorType("com.microsoft", "DynamicQuantizeLSTM"), QuantizedRecurrence::memory);
  }

  /** Inputs: those of LSTM, then scale and zero point of both weights. */
  private static List<Value> memory(Composite node) {
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < LSTM_INPUTS; i++) {
      inputs.add(node.input(i));
    }
    inputs.set(1, weights(node, 1, 8));
    inputs.set(2, weights(node, 2, 10));
    return node.apply(OperatorType.of("LSTM"), 3, node.attributes(), inputs);
  }

  /** Quantized {@code [directions, F, 4 H]} as floating {@code [directions, 4 H, F]}. */
  private static Value weights(Composite node, int input, int scale) {
    Value integers = node.cast(node.input(input), ElementType.FLOAT32);
    Value zero = node.cast(node.input(scale + 1), ElementType.FLOAT32);
    Value centred = node.subtract(integers, column(node, zero));
    return node.transpose(node.multiply(centred, column(node, node.input(scale))), 0, 2, 1);
  }

  /**
   * One number a direction, or one a direction and gate unit, beside {@code [directions, F, G]}.
   */
  private static Value column(Composite node, Value given) {
    long[] sizes = node.sizes(given);
    return node.reshape(given, sizes[0], 1, sizes.length > 1 ? sizes[1] : 1);
  }
}
