package dev.phosphene.model.onnx;

import static dev.phosphene.model.onnx.OperatorUpgrades.extra;
import static dev.phosphene.model.onnx.OperatorUpgrades.renamed;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Operators of ONNX Runtime's own domain that a standard operator equals, as that one. To add one,
 * add a row and a method.
 */
final class MicrosoftUpgrades {
  static final String DOMAIN = "com.microsoft";

  /** Turns one node into nodes of the standard domain. */
  @FunctionalInterface
  private interface Upgrade {
    List<Node> upgrade(Node node, UpgradeTarget target);
  }

  private static final Map<String, Upgrade> ROWS =
      Map.ofEntries(
          Map.entry("QuantizeLinear", MicrosoftUpgrades::same),
          Map.entry("DequantizeLinear", MicrosoftUpgrades::same),
          Map.entry("Trilu", MicrosoftUpgrades::same),
          Map.entry("GridSample", MicrosoftUpgrades::gridSample),
          Map.entry("GatherND", MicrosoftUpgrades::gather),
          Map.entry("ExpandDims", MicrosoftUpgrades::expand),
          Map.entry("Pad", MicrosoftUpgrades::pad),
          Map.entry("Range", MicrosoftUpgrades::range),
          Map.entry("NhwcMaxPool", MicrosoftUpgrades::maxPool),
          Map.entry("ConvTransposeWithDynamicPads", MicrosoftUpgrades::transposedConvolution));

  private MicrosoftUpgrades() {}

  /** The nodes that a node of this domain becomes: itself, where there is no row of it. */
  static List<Node> upgrade(Node node, UpgradeTarget target) {
    Upgrade row = ROWS.get(node.type().name());
    return row == null || node.inputs().isEmpty() ? List.of(node) : row.upgrade(node, target);
  }

  private static List<Node> same(Node node, UpgradeTarget target) {
    return List.of(renamed(node, node.type().name(), node.inputs(), node.attributes()));
  }

  private static List<Node> gridSample(Node node, UpgradeTarget target) {
    return ResizeUpgrades.gridSample(same(node, target).get(0), 0, target);
  }

  /** Indices of the standard operator are of type int64. */
  private static List<Node> gather(Node node, UpgradeTarget target) {
    List<Node> nodes = new ArrayList<>();
    String indices = integers(node, 1, target, nodes);
    nodes.add(renamed(node, "GatherND", List.of(node.input(0), indices), Attributes.none()));
    return nodes;
  }

  /** The axis of the standard operator is a vector. */
  private static List<Node> expand(Node node, UpgradeTarget target) {
    List<Node> nodes = new ArrayList<>();
    String axis = reshaped(node, integers(node, 1, target, nodes), target, nodes, -1);
    nodes.add(renamed(node, "Unsqueeze", List.of(node.input(0), axis), Attributes.none()));
    return nodes;
  }

  /** Pads may be a row, and the number to pad with a vector. */
  private static List<Node> pad(Node node, UpgradeTarget target) {
    List<Node> nodes = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    inputs.add(node.input(0));
    inputs.add(reshaped(node, node.input(1), target, nodes, -1));
    if (node.hasInput(2)) {
      inputs.add(reshaped(node, node.input(2), target, nodes));
    }
    nodes.add(renamed(node, "Pad", inputs, node.attributes()));
    return nodes;
  }

  /** The numbers may be vectors of one element, and the last one is 1 where it is not there. */
  private static List<Node> range(Node node, UpgradeTarget target) {
    List<Node> nodes = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      inputs.add(reshaped(node, node.input(i), target, nodes));
    }
    if (node.hasInput(2)) {
      inputs.add(reshaped(node, node.input(2), target, nodes));
    } else {
      ElementType type = target.value(node.input(0)).type();
      if (type == ElementType.UNKNOWN || type == ElementType.STRING) {
        throw new PhospheneException(node.describe() + ": the type of its start is not known");
      }
      Tensor one = Tensor.converted(type, new long[] {1});
      inputs.add(target.constant(node.output(0) + "_delta", one));
    }
    nodes.add(renamed(node, "Range", inputs, Attributes.none()));
    return nodes;
  }

  /** Pools {@code [N, H, W, C]}. */
  private static List<Node> maxPool(Node node, UpgradeTarget target) {
    int rank = node.attributes().integers("kernel_shape").map(sizes -> sizes.length).orElse(0) + 2;
    if (rank < 3 || rank > 5) {
      throw new PhospheneException(
          node.describe() + ": kernel_shape should have 1 to 3 sizes, found " + (rank - 2));
    }
    long[] second = new long[rank];
    long[] last = new long[rank];
    Arrays.setAll(second, axis -> axis < 2 ? axis * (rank - 1L) : axis - 1L);
    Arrays.setAll(last, axis -> axis == 0 ? 0 : axis == rank - 1 ? 1 : axis + 1L);
    String turned = target.fresh(node.output(0) + "_channels_first");
    String pooled = target.fresh(node.output(0) + "_pooled");
    return List.of(
        extra(node, "Transpose", Attributes.of("perm", second), turned, node.input(0)),
        extra(node, "MaxPool", node.attributes(), pooled, turned),
        renamed(node, "Transpose", List.of(pooled), Attributes.of("perm", last)));
  }

  /** Where the pads are constant they are an attribute. */
  private static List<Node> transposedConvolution(Node node, UpgradeTarget target) {
    List<String> inputs = new ArrayList<>(List.of(node.input(0), node.input(1)));
    if (node.hasInput(3)) {
      inputs.add(node.input(3));
    }
    Attributes attributes = node.attributes();
    if (node.hasInput(2)) {
      Optional<Tensor> pads = target.constantOf(node.input(2));
      if (pads.isEmpty()) {
        return List.of(node);
      }
      attributes = attributes.with("pads", pads.get().toLongs());
    }
    return List.of(renamed(node, "ConvTranspose", inputs, attributes));
  }

  /** An input as int64. */
  private static String integers(Node node, int input, UpgradeTarget target, List<Node> nodes) {
    Value value = target.value(node.input(input));
    if (value.type() == ElementType.INT64) {
      return value.name();
    }
    Optional<Tensor> constant = target.constantOf(value.name());
    if (constant.isPresent()) {
      return target.constant(value.name(), constant.get().as(ElementType.INT64));
    }
    String wide = target.fresh(value.name() + "_int64");
    int code = Emitter.onnxCode(ElementType.INT64);
    nodes.add(extra(node, "Cast", Attributes.of("to", code), wide, value.name()));
    return wide;
  }

  /** A value in another shape. */
  private static String reshaped(
      Node node, String value, UpgradeTarget target, List<Node> nodes, long... sizes) {
    Value known = target.defines(value) ? target.value(value) : Value.ABSENT;
    if (known.shape().isRankKnown() && known.rank() == sizes.length) {
      return value;
    }
    Optional<Tensor> constant = known.isPresent() ? target.constantOf(value) : Optional.empty();
    if (constant.isPresent() && (sizes.length == 1 || constant.get().elements() == 1)) {
      long[] whole = sizes.length == 0 ? sizes : new long[] {constant.get().elements()};
      return target.constant(value, constant.get().reshaped(whole));
    }
    String moved = target.fresh(value + "_reshaped");
    String shape = target.constant(value + "_sizes", Tensor.vector(sizes));
    nodes.add(extra(node, "Reshape", Attributes.none(), moved, value, shape));
    return moved;
  }
}
