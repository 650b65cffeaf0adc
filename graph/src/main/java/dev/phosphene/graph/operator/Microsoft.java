package dev.phosphene.graph.operator;

import dev.phosphene.graph.Inference;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorSpec.ShapeInference;
import dev.phosphene.graph.OperatorType;
import java.util.List;

/** Operators of ONNX Runtime's own domain that its optimizer leaves in saved models. */
final class Microsoft {
  private static final String DOMAIN = "com.microsoft";
  private static final ShapeInference SAME = node -> node.output(0, node.type(0), node.shape(0));

  private Microsoft() {}

  static List<OperatorSpec> specs() {
    return List.of(
        spec("Gelu", SAME),
        spec("FastGelu", SAME),
        spec("QuickGelu", SAME),
        spec("BiasGelu", SAME),
        spec("FusedConv", node -> Convolution.convolve(node, 1, node.type(0))),
        spec("SkipLayerNormalization", Microsoft::skipNormalization),
        spec("SkipSimplifiedLayerNormalization", Microsoft::skipNormalization));
  }

  private static OperatorSpec spec(String name, ShapeInference inference) {
    return new OperatorSpec(new OperatorType(DOMAIN, name), 1, inference, null);
  }

  /** The fourth output is the sum of the inputs before it is normalized. */
  private static void skipNormalization(Inference node) {
    node.output(0, node.type(0), node.shape(0));
    node.output(3, node.type(0), node.shape(0));
  }
}
