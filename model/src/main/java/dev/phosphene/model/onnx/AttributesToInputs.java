package dev.phosphene.model.onnx;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Upgrades of operators whose attributes have become inputs. */
final class AttributesToInputs {
  private AttributesToInputs() {}

  /** Squeeze, Unsqueeze and the Reduce family: attribute {@code axes} to input 1. */
  static List<Node> axes(Node node, long operatorSet, UpgradeTarget target) {
    Optional<long[]> axes = node.attributes().integers("axes");
    if (axes.isEmpty()) {
      return List.of(node);
    }
    String input = target.constant(node.output(0) + "_axes", Tensor.vector(axes.get()));
    return List.of(
        node.withInputs(OperatorUpgrades.inputsWith(node, 1, input))
            .withAttributes(node.attributes().without("axes")));
  }

  /** Split: attribute {@code split} to input 1; equal parts are asked for by their number. */
  static List<Node> split(Node node, long operatorSet, UpgradeTarget target) {
    Optional<long[]> sizes = node.attributes().integers("split");
    if (sizes.isPresent()) {
      String input = target.constant(node.output(0) + "_split", Tensor.vector(sizes.get()));
      return List.of(
          node.withInputs(OperatorUpgrades.inputsWith(node, 1, input))
              .withAttributes(node.attributes().without("split")));
    }
    return node.hasInput(1)
        ? List.of(node)
        : List.of(
            node.withAttributes(node.attributes().with("num_outputs", node.outputs().size())));
  }

  /** Slice: attributes {@code starts}, {@code ends} and {@code axes} to inputs 1 to 3. */
  static List<Node> slice(Node node, long operatorSet, UpgradeTarget target) {
    Optional<long[]> starts = node.attributes().integers("starts");
    Optional<long[]> ends = node.attributes().integers("ends");
    if (starts.isEmpty() || ends.isEmpty()) {
      return List.of(node);
    }
    List<String> inputs = new ArrayList<>();
    inputs.add(node.input(0));
    inputs.add(target.constant(node.output(0) + "_starts", Tensor.vector(starts.get())));
    inputs.add(target.constant(node.output(0) + "_ends", Tensor.vector(ends.get())));
    node.attributes()
        .integers("axes")
        .map(axes -> target.constant(node.output(0) + "_axes", Tensor.vector(axes)))
        .ifPresent(inputs::add);
    return List.of(
        node.withInputs(inputs)
            .withAttributes(node.attributes().without("starts", "ends", "axes")));
  }

  /** Pad: attributes {@code pads} and {@code value} to inputs 1 and 2. */
  static List<Node> pad(Node node, long operatorSet, UpgradeTarget target) {
    Optional<long[]> pads = node.attributes().integers("pads");
    if (pads.isEmpty()) {
      return List.of(node);
    }
    String sizes = target.constant(node.output(0) + "_pads", Tensor.vector(pads.get()));
    String value =
        target.constant(
            node.output(0) + "_value", scalar(node, target, node.attributes().real("value", 0)));
    return List.of(
        node.withInputs(List.of(node.input(0), sizes, value))
            .withAttributes(node.attributes().without("pads", "value")));
  }

  /** Clip: attributes {@code min} and {@code max} to inputs 1 and 2. */
  static List<Node> clip(Node node, long operatorSet, UpgradeTarget target) {
    List<String> inputs = new ArrayList<>(List.of(node.input(0)));
    for (String bound : List.of("min", "max")) {
      inputs.add(
          node.attributes().has(bound)
              ? target.constant(
                  node.output(0) + "_" + bound,
                  scalar(node, target, node.attributes().real(bound, 0)))
              : "");
    }
    return List.of(node.withInputs(inputs).withAttributes(node.attributes().without("min", "max")));
  }

  /** Dropout: attribute {@code ratio}, which says nothing outside training, to input 1. */
  static List<Node> dropout(Node node, long operatorSet, UpgradeTarget target) {
    // 0.5 is the operator's default.
    Tensor ratio = scalar(node, target, node.attributes().real("ratio", 0.5));
    String input = target.constant(node.output(0) + "_ratio", ratio);
    return List.of(
        node.withInputs(List.of(node.input(0), input))
            .withAttributes(node.attributes().without("ratio")));
  }

  /** TopK: attribute {@code k} to input 1. */
  static List<Node> topK(Node node, long operatorSet, UpgradeTarget target) {
    Tensor k = Tensor.vector(node.attributes().integer("k", 1));
    String input = target.constant(node.output(0) + "_k", k);
    return List.of(
        node.withInputs(List.of(node.input(0), input))
            .withAttributes(node.attributes().without("k")));
  }

  /** DFT: attribute {@code axis}, 1 where it is not given, to input 2. */
  static List<Node> fourierTransform(Node node, long operatorSet, UpgradeTarget target) {
    Tensor axis = Tensor.scalar(node.attributes().integer("axis", 1));
    String input = target.constant(node.output(0) + "_axis", axis);
    return List.of(
        node.withInputs(OperatorUpgrades.inputsWith(node, 2, input))
            .withAttributes(node.attributes().without("axis")));
  }

  /** A scalar of the type of a node's first input, float32 where that is not known. */
  private static Tensor scalar(Node node, UpgradeTarget target, float element) {
    ElementType type = target.value(node.input(0)).type();
    return type.isFloating()
        ? Tensor.converted(type, new double[] {element})
        : Tensor.scalar(element);
  }

  /** Attributes with each of these that is not given. */
  static Attributes withDefault(Attributes attributes, String name, Object value) {
    return attributes.has(name) ? attributes : attributes.with(name, value);
  }
}
