package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import java.util.ArrayList;
import java.util.List;

/** Recurrent operators whose batch axis stands first, which ONNX Runtime does not compute. */
final class RecurrenceUpgrades {
  private static final int INITIAL_HIDDEN = 5;
  private static final int INITIAL_CELL = 6;

  private RecurrenceUpgrades() {}

  /** Layout 1 becomes layout 0 between transposes. */
  static List<Node> timeFirst(Node node, long operatorSet, UpgradeTarget target) {
    if (!node.attributes().flag("layout", false)) {
      return List.of(node);
    }
    List<Node> nodes = new ArrayList<>();
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int index : new int[] {0, INITIAL_HIDDEN, INITIAL_CELL}) {
      if (node.hasInput(index)) {
        inputs.set(index, target.fresh(node.output(0) + "_time_first"));
        nodes.add(transpose(node, node.input(index), inputs.get(index), 1, 0, 2));
      }
    }
    List<String> outputs = new ArrayList<>();
    List<Node> after = new ArrayList<>();
    for (int index = 0; index < node.outputs().size(); index++) {
      String output = node.output(index);
      if (output.isEmpty()) {
        outputs.add("");
        continue;
      }
      String inner = target.fresh(output + "_time_first");
      outputs.add(inner);
      after.add(
          index == 0
              ? transpose(node, inner, output, 2, 0, 1, 3)
              : transpose(node, inner, output, 1, 0, 2));
    }
    nodes.add(
        new Node(
            node.name(),
            node.type(),
            inputs,
            outputs,
            node.attributes().without("layout"),
            node.metadata()));
    nodes.addAll(after);
    return nodes;
  }

  private static Node transpose(Node origin, String from, String to, int... order) {
    return OperatorUpgrades.extra(origin, "Transpose", Attributes.of("perm", order), to, from);
  }
}
