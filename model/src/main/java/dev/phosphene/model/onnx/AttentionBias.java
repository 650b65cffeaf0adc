package dev.phosphene.model.onnx;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Tensor;

/** Attention of ONNX Runtime's own domain, which ends the process where it has no bias. */
final class AttentionBias {
  static final OperatorType TYPE = new OperatorType("com.microsoft", "Attention");

  private static final int WEIGHTS = 1;
  private static final int BIAS = 2;

  private AttentionBias() {}

  /**
   * The node with a bias of zeros where it has none.
   *
   * @throws PhospheneException where the weights do not tell how long that is
   */
  static Node given(Node node, UpgradeTarget target) {
    if (node.hasInput(BIAS) || !node.hasInput(WEIGHTS)) {
      return node;
    }
    Value weights = target.value(node.input(WEIGHTS));
    Dimension width =
        weights.shape().isRankKnown() && weights.rank() == 2
            ? weights.shape().dimension(1)
            : Dimension.unknown();
    if (!width.isKnown() || !weights.type().isFloating()) {
      throw new PhospheneException(
          node.describe()
              + ": it has no bias, and weights of unknown size; ONNX Runtime needs both, export the"
              + " model with a bias of zeros");
    }
    double[] zeros = new double[Math.toIntExact(width.size())];
    String bias =
        target.constant(
            node.output(0) + "_bias", Tensor.converted(weights.type(), zeros, width.size()));
    return new Node(
        node.name(),
        node.type(),
        OperatorUpgrades.inputsWith(node, BIAS, bias),
        node.outputs(),
        node.attributes(),
        node.metadata());
  }
}
