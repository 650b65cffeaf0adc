package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds the axis along which the filters of each value lie.
 *
 * <p>Convolutions, poolings and most normalizations have their channels at axis 1 by definition,
 * matrix products at the last axis. From there the axis is followed through operators that keep or
 * permute axes, so that a network that transposes around its convolutions ({@code channels_last})
 * has its filters where its author sees them. Where that leads nowhere, the last axis is taken for
 * rank 2 ({@code [N, units]}) and 3 ({@code [N, tokens, features]}), and axis 1 for higher ranks.
 */
final class ChannelAxes {
  private static final Set<String> CHANNELS_FIRST =
      Set.of(
          "Conv",
          "ConvTranspose",
          "ConvInteger",
          "DeformConv",
          "MaxPool",
          "AveragePool",
          "LpPool",
          "MaxUnpool",
          "GlobalMaxPool",
          "GlobalAveragePool",
          "GlobalLpPool",
          "BatchNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "LRN",
          "DepthToSpace",
          "SpaceToDepth",
          "GridSample");

  private final Graph graph;
  private final AxisFlow flow;
  private final Map<String, Integer> axes = new HashMap<>();

  ChannelAxes(Graph graph) {
    this.graph = graph;
    this.flow = new AxisFlow(graph);
    for (Node node : graph.nodes()) {
      OptionalInt axis = follow(node);
      if (axis.isPresent()) {
        node.outputs().forEach(output -> axes.put(output, axis.getAsInt()));
      }
    }
  }

  /** The axis of a value's filters; empty where it has none, or its rank is not known. */
  OptionalInt of(String value) {
    Shape shape = graph.value(value).shape();
    if (!shape.isRankKnown() || shape.rank() < 2) {
      return OptionalInt.empty();
    }
    Integer axis = axes.get(value);
    if (axis != null && axis > 0 && axis < shape.rank()) {
      return OptionalInt.of(axis);
    }
    return OptionalInt.of(shape.rank() <= 3 ? shape.rank() - 1 : 1);
  }

  /** Whether a value's axis of filters was followed from where it is certain. */
  boolean isCertain(String value) {
    return axes.containsKey(value);
  }

  private OptionalInt follow(Node node) {
    String operator = node.type().name();
    if (CHANNELS_FIRST.contains(operator)) {
      return OptionalInt.of(1);
    }
    return switch (operator) {
      case "Gemm" -> OptionalInt.of(1);
      case "MatMul" -> graph.constants().containsKey(node.input(1)) ? last(node) : none();
      case "Einsum" -> none();
      default -> {
        OptionalInt kept = ofAnyInput(node);
        yield kept.isEmpty() && node.is("LayerNormalization") ? last(node) : kept;
      }
    };
  }

  private OptionalInt last(Node node) {
    Shape shape = graph.value(node.output(0)).shape();
    return shape.isRankKnown() && shape.rank() > 0 ? OptionalInt.of(shape.rank() - 1) : none();
  }

  private OptionalInt ofAnyInput(Node node) {
    for (int input = 0; input < node.inputs().size(); input++) {
      Integer axis = axes.get(node.input(input));
      OptionalInt kept = axis == null ? none() : flow.follow(node, input, axis);
      if (kept.isPresent()) {
        return kept;
      }
    }
    return none();
  }

  private static OptionalInt none() {
    return OptionalInt.empty();
  }
}
