package dev.phosphene.visualize.atlas;

import dev.phosphene.model.Layer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a layer does to filters, by its kind: an operator of ONNX or a class of Keras. */
enum LayerRole {
  /** Makes new filters of those before it. */
  COMPUTING,
  /** Adds the filters of several layers up: the end of a residual block. */
  ADDING,
  /** Shifts and scales each filter. */
  NORMALIZING,
  /** Bends each filter. */
  ACTIVATING,
  /** Pools, moves, gates or selects filters. */
  OTHER;

  private static final List<String> COMPUTING_PARTS =
      List.of("conv", "gemm", "matmul", "dense", "einsum", "lstm", "gru", "rnn", "attention");

  /** Without weights, these compare tokens or mix them: steps within an attention. */
  private static final Set<String> WEIGHTLESS_KINDS = Set.of("matmul", "einsum");

  private static final Set<String> ADDING_KINDS = Set.of("add", "sum");

  private static final List<String> NORMALIZING_PARTS = List.of("normalization", "lrn");

  private static final Set<String> ACTIVATING_KINDS =
      Set.of(
          "activation",
          "celu",
          "clip",
          "elu",
          "erf",
          "gelu",
          "hardsigmoid",
          "hardswish",
          "leakyrelu",
          "mish",
          "prelu",
          "quickgelu",
          "relu",
          "selu",
          "sigmoid",
          "silu",
          "softmax",
          "softplus",
          "softsign",
          "swish",
          "tanh",
          "thresholdedrelu");

  static LayerRole of(Layer layer) {
    String kind = layer.kind().toLowerCase(Locale.ROOT);
    if (NORMALIZING_PARTS.stream().anyMatch(kind::contains)) {
      return NORMALIZING;
    }
    if (COMPUTING_PARTS.stream().anyMatch(kind::contains)) {
      return WEIGHTLESS_KINDS.contains(kind) && layer.parameters() == 0 ? OTHER : COMPUTING;
    }
    return ADDING_KINDS.contains(kind)
        ? ADDING
        : ACTIVATING_KINDS.contains(kind) ? ACTIVATING : OTHER;
  }
}
