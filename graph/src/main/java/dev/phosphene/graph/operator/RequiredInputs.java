package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many inputs an operator cannot do without; most need one. */
final class RequiredInputs {
  private static final Map<String, Integer> COUNTS = counts();

  /** The same for ONNX Runtime's own domain. */
  private static final Map<String, Integer> CONTRIBUTED =
      Map.ofEntries(
          Map.entry("CDist", 2),
          Map.entry("CropAndResize", 4),
          Map.entry("CausalConvWithState", 2),
          Map.entry("LinearAttention", 3),
          Map.entry("MoE", 3),
          Map.entry("QMoE", 3),
          Map.entry("GatherBlockQuantized", 3),
          Map.entry("MatMulBnb4", 3),
          Map.entry("MatMulInteger16", 2),
          Map.entry("MatMulNBits", 3),
          Map.entry("QAttention", 5),
          Map.entry("QLinearConv", 8),
          Map.entry("QLinearWhere", 9));

  private RequiredInputs() {}

  private static Map<String, Integer> counts() {
    Map<String, Integer> counts = new HashMap<>();
    List.of("Constant", "RandomNormal", "RandomUniform", "Loop", "Scan")
        .forEach(name -> counts.put(name, 0));
    List.of(
            "Add",
            "AffineGrid",
            "And",
            "BitShift",
            "BitwiseAnd",
            "BitwiseOr",
            "BitwiseXor",
            "CastLike",
            "CenterCropPad",
            "Compress",
            "Conv",
            "ConvInteger",
            "ConvTranspose",
            "CumProd",
            "CumSum",
            "DequantizeLinear",
            "Div",
            "Equal",
            "Expand",
            "Gather",
            "GatherElements",
            "GatherND",
            "Gemm",
            "Greater",
            "GreaterOrEqual",
            "GridSample",
            "LayerNormalization",
            "Less",
            "LessOrEqual",
            "MatMul",
            "MatMulInteger",
            "MaxRoiPool",
            "MaxUnpool",
            "Mod",
            "Mul",
            "NegativeLogLikelihoodLoss",
            "NonMaxSuppression",
            "Or",
            "PRelu",
            "Pad",
            "Pow",
            "QuantizeLinear",
            "RMSNormalization",
            "Reshape",
            "ReverseSequence",
            "STFT",
            "SoftmaxCrossEntropyLoss",
            "Sub",
            "TensorScatter",
            "Tile",
            "TopK",
            "Unsqueeze",
            "Xor")
        .forEach(name -> counts.put(name, 2));
    List.of(
            "Attention",
            "Col2Im",
            "DeformConv",
            "GRU",
            "GroupNormalization",
            "InstanceNormalization",
            "LSTM",
            "OneHot",
            "RNN",
            "Range",
            "RoiAlign",
            "RotaryEmbedding",
            "ScatterElements",
            "ScatterND",
            "Slice",
            "Where")
        .forEach(name -> counts.put(name, 3));
    counts.put("BatchNormalization", 5);
    counts.put("QLinearConv", 8);
    counts.put("QLinearMatMul", 8);
    return Map.copyOf(counts);
  }

  /** Fails where an input that the operator needs is not there. */
  static void require(Inference node) {
    OperatorType type = node.node().type();
    int required = (type.domain().isEmpty() ? COUNTS : CONTRIBUTED).getOrDefault(type.name(), 1);
    for (int i = 0; i < required; i++) {
      if (!node.has(i)) {
        throw node.error(
            "expected at least %d inputs, found %d and none at position %d"
                .formatted(required, node.inputs(), i));
      }
    }
  }
}
