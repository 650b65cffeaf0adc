package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
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

  private static final Set<String> REARRANGING =
      Set.of("Expand", "Gather", "GatherND", "GatherElements", "Einsum", "TopK", "Shape", "OneHot");

  private final Graph graph;
  private final Map<String, Integer> axes = new HashMap<>();

  ChannelAxes(Graph graph) {
    this.graph = graph;
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

  private OptionalInt follow(Node node) {
    String operator = node.type().name();
    if (CHANNELS_FIRST.contains(operator)) {
      return OptionalInt.of(1);
    }
    return switch (operator) {
      case "Gemm" -> OptionalInt.of(1);
      case "MatMul" -> graph.constants().containsKey(node.input(1)) ? last(node) : none();
      case "Transpose" -> transpose(node);
      case "Squeeze", "Unsqueeze" -> none();
      case "Reshape", "Flatten" -> reshape(node);
      default -> {
        if (operator.startsWith("Reduce")) {
          yield reduce(node);
        }
        yield REARRANGING.contains(operator) ? none() : keep(node);
      }
    };
  }

  private OptionalInt last(Node node) {
    Shape shape = graph.value(node.output(0)).shape();
    return shape.isRankKnown() && shape.rank() > 0 ? OptionalInt.of(shape.rank() - 1) : none();
  }

  /** Operators on each element alone, and others that keep axes: what any of the inputs has. */
  private OptionalInt keep(Node node) {
    Shape result = graph.value(node.output(0)).shape();
    for (String input : node.inputs()) {
      Shape shape = graph.value(input).shape();
      Integer axis = axes.get(input);
      if (axis != null && shape.isRankKnown() && result.isRankKnown()) {
        // A value of lower rank is broadcast: its axes are the last ones of the result.
        return OptionalInt.of(axis + result.rank() - shape.rank());
      }
    }
    return node.is("LayerNormalization") ? last(node) : none();
  }

  private OptionalInt transpose(Node node) {
    Integer axis = axes.get(node.input(0));
    long[] permutation = node.attributes().integers("perm").orElse(null);
    if (axis == null || permutation == null) {
      return none();
    }
    for (int to = 0; to < permutation.length; to++) {
      if (permutation[to] == axis) {
        return OptionalInt.of(to);
      }
    }
    return none();
  }

  /** Axes up to and with the filters' stay where a reshape splits or joins later ones only. */
  private OptionalInt reshape(Node node) {
    Integer axis = axes.get(node.input(0));
    Shape from = graph.value(node.input(0)).shape();
    Shape to = graph.value(node.output(0)).shape();
    if (axis == null || !from.isRankKnown() || !to.isRankKnown()) {
      return none();
    }
    boolean kept = axis < from.rank() && axis < to.rank() && from.size(axis) == to.size(axis);
    for (int i = 1; kept && i < axis; i++) {
      kept = from.size(i) == to.size(i);
    }
    return kept ? OptionalInt.of(axis) : none();
  }

  private OptionalInt reduce(Node node) {
    Integer axis = axes.get(node.input(0));
    Shape from = graph.value(node.input(0)).shape();
    Tensor reduced = graph.constants().get(node.input(1));
    if (axis == null || !from.isRankKnown() || reduced == null) {
      return none();
    }
    long[] along = Arrays.stream(reduced.toLongs()).map(a -> a < 0 ? a + from.rank() : a).toArray();
    if (node.attributes().flag("keepdims", true)) {
      return OptionalInt.of(axis);
    }
    if (Arrays.stream(along).anyMatch(a -> a == axis)) {
      return none();
    }
    return OptionalInt.of(axis - (int) Arrays.stream(along).filter(a -> a < axis).count());
  }

  private static OptionalInt none() {
    return OptionalInt.empty();
  }
}
