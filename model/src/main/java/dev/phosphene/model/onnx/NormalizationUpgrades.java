package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Upgrades of operators that normalize. */
final class NormalizationUpgrades {
  private NormalizationUpgrades() {}

  /**
   * Softmax, LogSoftmax and Hardmax: before version 13 they worked on the input seen as a matrix,
   * all axes from {@code axis} on together.
   */
  static List<Node> softmax(Node node, long operatorSet, UpgradeTarget target) {
    long axis = node.attributes().integer("axis", 1);
    Shape shape = target.value(node.input(0)).shape();
    Attributes last = node.attributes().with("axis", -1);
    if (axis == -1 || (shape.isRankKnown() && axis == shape.rank() - 1)) {
      return List.of(node.withAttributes(last));
    }
    if (shape.isRankKnown() && isOneAfter(shape, axis)) { // [N, C, 1, 1] behind global pooling
      return List.of(node.withAttributes(node.attributes().with("axis", axis)));
    }
    String operator = node.type().name();
    String flat = target.fresh(node.output(0) + "_flat");
    String sizes = target.fresh(node.output(0) + "_sizes");
    String normalized = target.fresh(node.output(0) + "_normalized");
    return List.of(
        OperatorUpgrades.extra(node, "Flatten", Attributes.of("axis", axis), flat, node.input(0)),
        OperatorUpgrades.extra(node, operator, last, normalized, flat),
        OperatorUpgrades.extra(node, "Shape", Attributes.none(), sizes, node.input(0)),
        OperatorUpgrades.renamed(node, "Reshape", List.of(normalized, sizes), Attributes.none()));
  }

  private static boolean isOneAfter(Shape shape, long axis) {
    return axis >= 0
        && axis < shape.rank()
        && shape.dimensions().stream().skip(axis + 1).allMatch(dimension -> dimension.size() == 1);
  }

  /** BatchNormalization: outputs for training are dropped. */
  static List<Node> batchNormalization(Node node, long operatorSet, UpgradeTarget target) {
    if (!node.attributes().flag("spatial", true)) {
      throw new PhospheneException(
          "%s normalizes each position alone (spatial=0), which was removed from ONNX;"
                  .formatted(node.describe())
              + " export the model again");
    }
    return List.of(
        new Node(
            node.name(),
            node.type(),
            node.inputs(),
            List.of(node.output(0)),
            node.attributes().without("spatial", "is_test"),
            node.metadata()));
  }

  /**
   * GroupNormalization: before version 21 scale and bias had an element a group, now they have one
   * a channel.
   */
  static List<Node> groupNormalization(Node node, long operatorSet, UpgradeTarget target) {
    long groups = node.attributes().integer("num_groups", 1);
    List<Node> nodes = new ArrayList<>();
    Shape shape = target.value(node.input(0)).shape();
    boolean channelsKnown = shape.isRankKnown() && shape.rank() > 1 && shape.dimension(1).isKnown();
    String repetitions;
    if (channelsKnown && groups > 0) {
      repetitions =
          target.constant(
              node.output(0) + "_repetitions", Tensor.vector(1, shape.size(1) / groups));
    } else {
      repetitions = repetitions(node, groups, target, nodes);
    }
    List<String> inputs = new ArrayList<>(List.of(node.input(0)));
    for (int i = 1; i <= 2; i++) {
      inputs.add(perChannel(node, node.input(i), repetitions, target, nodes));
    }
    nodes.add(node.withInputs(inputs));
    return nodes;
  }

  /** Repeats each group's element for its channels: {@code [G]} to {@code [C]}. */
  private static String perChannel(
      Node node, String perGroup, String repetitions, UpgradeTarget target, List<Node> nodes) {
    String column = target.fresh(perGroup + "_column");
    String repeated = target.fresh(perGroup + "_repeated");
    String flat = target.fresh(perGroup + "_by_channel");
    String last = target.constant(perGroup + "_axis", Tensor.vector(1));
    String all = target.constant(perGroup + "_all", Tensor.vector(-1));
    Attributes none = Attributes.none();
    nodes.add(OperatorUpgrades.extra(node, "Unsqueeze", none, column, perGroup, last));
    nodes.add(OperatorUpgrades.extra(node, "Tile", none, repeated, column, repetitions));
    nodes.add(OperatorUpgrades.extra(node, "Reshape", none, flat, repeated, all));
    return flat;
  }

  /** {@code [1, C / G]} computed from the input's shape, which is not known yet. */
  private static String repetitions(
      Node node, long groups, UpgradeTarget target, List<Node> nodes) {
    String like = node.output(0);
    String channels = target.fresh(like + "_channels");
    String perGroup = target.fresh(like + "_channels_per_group");
    String repetitions = target.fresh(like + "_repetitions");
    String divisor = target.constant(like + "_groups", Tensor.vector(groups));
    String one = target.constant(like + "_one", Tensor.vector(1));
    nodes.add(
        OperatorUpgrades.extra(
            node, "Shape", Attributes.of("start", 1, "end", 2), channels, node.input(0)));
    nodes.add(OperatorUpgrades.extra(node, "Div", Attributes.none(), perGroup, channels, divisor));
    nodes.add(
        OperatorUpgrades.extra(
            node, "Concat", Attributes.of("axis", 0), repetitions, one, perGroup));
    return repetitions;
  }
}
