package dev.phosphene.model;

import dev.phosphene.graph.Node;
import java.util.Set;

/** What operators do in a network, as a person sees it. */
final class OperatorRoles {
  private static final Set<String> WEIGHTED =
      Set.of(
          "Conv",
          "ConvTranspose",
          "ConvInteger",
          "DeformConv",
          "Gemm",
          "MatMul",
          "MatMulNBits",
          "MatMulBnb4",
          "Einsum",
          "RNN",
          "GRU",
          "LSTM",
          "BatchNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "LayerNormalization",
          "RMSNormalization",
          "SkipLayerNormalization",
          "PRelu");

  /** Operators that move or convert numbers and make none. */
  private static final Set<String> MOVING =
      Set.of(
          "Cast",
          "CastLike",
          "Identity",
          "Reshape",
          "Transpose",
          "Squeeze",
          "Unsqueeze",
          "Expand",
          "Slice",
          "Split",
          "Gather",
          "GatherElements",
          "GatherND",
          "Pad",
          "Tile",
          "Dropout",
          "Constant",
          "ConstantOfShape",
          "Shape",
          "Size",
          "Range");

  /** Operators whose floating-point inputs besides the first are settings, not weights. */
  private static final Set<String> WITHOUT_WEIGHTS =
      Set.of(
          "Clip",
          "Resize",
          "Upsample",
          "Pad",
          "Dropout",
          "OneHot",
          "Range",
          "QuantizeLinear",
          "DequantizeLinear");

  /** Operators that give a sequence, a map or an optional value. */
  private static final Set<String> WITHOUT_TENSOR =
      Set.of(
          "ZipMap",
          "SequenceConstruct",
          "SequenceEmpty",
          "SequenceErase",
          "SequenceInsert",
          "SequenceMap",
          "SplitToSequence",
          "Optional");

  private OperatorRoles() {}

  /** Whether an operator has weights in any network that uses it as usual. */
  static boolean isWeighted(Node node) {
    return WEIGHTED.contains(node.type().name());
  }

  /** Whether a node outside of modules is worth a line in the layer table. */
  static boolean isNotable(Node node) {
    return !MOVING.contains(node.type().name());
  }

  /** Whether what an operator gives is a tensor. */
  static boolean givesTensor(Node node) {
    return !WITHOUT_TENSOR.contains(node.type().name());
  }

  static boolean hasParameters(Node node) {
    return !WITHOUT_WEIGHTS.contains(node.type().name());
  }
}
