package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Older forms of operators turned into those of the intermediate representation (operator set 21).
 *
 * <p>A row an operator: the version of the operator set from which its form needs no change, and
 * what to do before. To add one, add a row and a method. Values of the file keep their names; an
 * upgrade to several nodes gives the last of them the name.
 */
final class OperatorUpgrades {
  /** Turns one node of an older operator set into nodes of the current one. */
  @FunctionalInterface
  interface Upgrade {
    List<Node> upgrade(Node node, long operatorSet, UpgradeTarget target);
  }

  /** An upgrade of nodes written for operator sets before a version. */
  private record Row(long before, Upgrade upgrade) {}

  /** For forms that no version of the operators has done away with. */
  private static final long ALWAYS = Long.MAX_VALUE;

  private static final Map<String, Row> ROWS =
      Map.ofEntries(
          row("Squeeze", 13, AttributesToInputs::axes),
          row("Unsqueeze", 13, AttributesToInputs::axes),
          row("ReduceSum", 13, AttributesToInputs::axes),
          row("ReduceL1", 18, AttributesToInputs::axes),
          row("ReduceL2", 18, AttributesToInputs::axes),
          row("ReduceLogSum", 18, AttributesToInputs::axes),
          row("ReduceLogSumExp", 18, AttributesToInputs::axes),
          row("ReduceMax", 18, AttributesToInputs::axes),
          row("ReduceMean", 18, AttributesToInputs::axes),
          row("ReduceMin", 18, AttributesToInputs::axes),
          row("ReduceProd", 18, AttributesToInputs::axes),
          row("ReduceSumSquare", 18, AttributesToInputs::axes),
          row("Split", 18, AttributesToInputs::split),
          row("Slice", 10, AttributesToInputs::slice),
          row("Pad", 11, AttributesToInputs::pad),
          row("Clip", 11, AttributesToInputs::clip),
          row("Dropout", 12, AttributesToInputs::dropout),
          row("TopK", 10, AttributesToInputs::topK),
          row("DFT", 20, AttributesToInputs::fourierTransform),
          row("Upsample", 10, ResizeUpgrades::upsample),
          row("Resize", 11, ResizeUpgrades::resize),
          row("GridSample", 20, ResizeUpgrades::gridSample),
          row("RoiAlign", 16, ResizeUpgrades::regionAlign),
          row("Softmax", 13, NormalizationUpgrades::softmax),
          row("LogSoftmax", 13, NormalizationUpgrades::softmax),
          row("Hardmax", 13, NormalizationUpgrades::softmax),
          row("BatchNormalization", 14, NormalizationUpgrades::batchNormalization),
          row("GroupNormalization", 21, NormalizationUpgrades::groupNormalization),
          row("RNN", ALWAYS, RecurrenceUpgrades::timeFirst),
          row("GRU", ALWAYS, RecurrenceUpgrades::timeFirst),
          row("LSTM", ALWAYS, RecurrenceUpgrades::timeFirst),
          row("Scatter", 11, OperatorUpgrades::scatter));

  private OperatorUpgrades() {}

  private static Map.Entry<String, Row> row(String operator, long before, Upgrade upgrade) {
    return Map.entry(operator, new Row(before, upgrade));
  }

  /** The nodes that a node becomes: itself, where its form is current. */
  static List<Node> upgrade(Node node, long operatorSet, UpgradeTarget target) {
    if (node.type().equals(AttentionBias.TYPE)) {
      return List.of(AttentionBias.given(node, target));
    }
    if (node.type().domain().equals(MicrosoftUpgrades.DOMAIN)) {
      return MicrosoftUpgrades.upgrade(node, target);
    }
    Row row = node.type().domain().isEmpty() ? ROWS.get(node.type().name()) : null;
    return row == null || operatorSet >= row.before() || node.inputs().isEmpty()
        ? List.of(node)
        : row.upgrade().upgrade(node, operatorSet, target);
  }

  private static List<Node> scatter(Node node, long operatorSet, UpgradeTarget target) {
    return List.of(renamed(node, "ScatterElements", node.inputs(), node.attributes()));
  }

  /** The same node with another operator. */
  static Node renamed(Node node, String operator, List<String> inputs, Attributes attributes) {
    return new Node(
        node.name(),
        OperatorType.of(operator),
        inputs,
        node.outputs(),
        attributes,
        node.metadata());
  }

  /** A node that an upgrade puts before or after the one that it replaces. */
  static Node extra(
      Node origin, String operator, Attributes attributes, String output, String... inputs) {
    return new Node(
        origin.name().isEmpty() ? "" : origin.name() + "/" + operator,
        OperatorType.of(operator),
        List.of(inputs),
        List.of(output),
        attributes,
        origin.metadata());
  }

  /** The inputs of a node cut or filled up with absent ones to a number, and one more. */
  static List<String> inputsWith(Node node, int position, String input) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < Math.max(position + 1, node.inputs().size()); i++) {
      inputs.add(i == position ? input : node.input(i));
    }
    return inputs;
  }
}
