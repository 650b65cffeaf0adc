package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.decomposition.Composite;
import dev.phosphene.graph.decomposition.Decompositions;
import java.util.List;
import java.util.Set;

/**
 * Takes products apart that ONNX Runtime's optimizer has fused with their neighbours, so that the
 * gradient need not compute the product again. The runtime fuses them anew where it gains by it.
 */
final class SeparateFused implements Rewrite {
  private static final Set<OperatorType> FUSED =
      Set.of(
          new OperatorType("com.microsoft", "FusedConv"),
          new OperatorType("com.microsoft", "FusedGemm"),
          new OperatorType("com.microsoft", "FusedMatMul"),
          new OperatorType("com.microsoft", "TransposeMatMul"));

  @Override
  public boolean apply(Node node, Draft draft) {
    if (!FUSED.contains(node.type()) || !isStatic(node, draft)) {
      return false;
    }
    List<Value> inputs = node.inputs().stream().map(draft::value).toList();
    Value output =
        Decompositions.find(node.type())
            .orElseThrow()
            .decompose(new Composite(node, inputs, draft))
            .get(0);
    draft.give(node, "Identity", Attributes.none(), output);
    return true;
  }

  private static boolean isStatic(Node node, Draft draft) {
    return node.inputs().stream()
        .allMatch(name -> name.isEmpty() || draft.value(name).shape().isStatic());
  }
}
