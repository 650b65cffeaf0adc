package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.OptionalInt;
import java.util.Set;

/** Where an axis of a node's input lies in its first output, if it is still there. */
final class AxisFlow {
  /** Operators whose output has other axes, or the same in another order or meaning. */
  private static final Set<String> REARRANGING =
      Set.of(
          "Conv",
          "ConvTranspose",
          "ConvInteger",
          "DeformConv",
          "Expand",
          "GatherND",
          "GatherElements",
          "TopK",
          "Shape",
          "Size",
          "OneHot",
          "RNN",
          "GRU",
          "LSTM",
          "DFT",
          "STFT",
          "Loop",
          "Scan",
          "If");

  private final Graph graph;

  AxisFlow(Graph graph) {
    this.graph = graph;
  }

  /**
   * Follows an axis through a node.
   *
   * @param input position among the node's inputs
   * @param axis of that input, counted from the first
   * @return the axis of the first output with the same positions in the same order
   */
  OptionalInt follow(Node node, int input, int axis) {
    String operator = node.type().name();
    if (operator.startsWith("Reduce") || operator.startsWith("Arg")) {
      return input == 0 ? reduce(node, axis) : none();
    }
    return switch (operator) {
      case "Transpose" -> transpose(node, axis);
      case "Reshape", "Flatten", "Squeeze", "Unsqueeze" ->
          input == 0
              ? ReshapedAxes.of(shape(node.input(0)), shape(node.output(0))).follow(axis)
              : none();
      case "Gather" -> input == 0 ? gather(node, axis) : none();
      case "MatMul" -> product(node, input, axis);
      case "Gemm" ->
          input == 0 && axis == (node.attributes().flag("transA", false) ? 1 : 0)
              ? OptionalInt.of(0)
              : none();
      case "Einsum" -> einsum(node, input, axis);
      case "Attention", "MultiHeadAttention", "GroupQueryAttention" ->
          input == 0 ? keep(node, input, axis) : none();
      default -> REARRANGING.contains(operator) ? none() : keep(node, input, axis);
    };
  }

  /** Operators on each element alone, and others that keep axes; broadcasting aligns the last. */
  private OptionalInt keep(Node node, int input, int axis) {
    Shape from = shape(node.input(input));
    Shape to = shape(node.output(0));
    if (!from.isRankKnown() || !to.isRankKnown() || to.rank() < from.rank()) {
      return none();
    }
    return OptionalInt.of(axis + to.rank() - from.rank());
  }

  private static OptionalInt transpose(Node node, int axis) {
    long[] permutation = node.attributes().integers("perm").orElse(new long[0]);
    for (int to = 0; to < permutation.length; to++) {
      if (permutation[to] == axis) {
        return OptionalInt.of(to);
      }
    }
    return none();
  }

  private OptionalInt gather(Node node, int axis) {
    Shape from = shape(node.input(0));
    Shape indices = shape(node.input(1));
    if (!from.isRankKnown() || !indices.isRankKnown()) {
      return none();
    }
    long given = node.attributes().integer("axis", 0);
    long along = given < 0 ? given + from.rank() : given;
    if (axis == along) {
      return none();
    }
    return OptionalInt.of(axis < along ? axis : axis + indices.rank() - 1);
  }

  private OptionalInt product(Node node, int input, int axis) {
    Shape from = shape(node.input(input));
    Shape to = shape(node.output(0));
    if (!from.isRankKnown() || !to.isRankKnown() || from.rank() < 2 || to.rank() < from.rank()) {
      return none();
    }
    int summed = input == 0 ? from.rank() - 1 : from.rank() - 2;
    return axis == summed ? none() : OptionalInt.of(axis + to.rank() - from.rank());
  }

  /** By its letters; equations with an ellipsis are not followed. */
  private static OptionalInt einsum(Node node, int input, int axis) {
    String equation = node.attributes().text("equation", "").replaceAll("\\s", "");
    int arrow = equation.indexOf("->");
    if (arrow < 0 || equation.contains("...")) {
      return none();
    }
    String[] terms = equation.substring(0, arrow).split(",", -1);
    if (input >= terms.length || axis >= terms[input].length()) {
      return none();
    }
    int to = equation.substring(arrow + 2).indexOf(terms[input].charAt(axis));
    return to < 0 ? none() : OptionalInt.of(to);
  }

  private OptionalInt reduce(Node node, int axis) {
    Shape from = shape(node.input(0));
    long[] along = axes(node);
    if (!from.isRankKnown() || along.length == 0) {
      return none();
    }
    boolean[] reduced = new boolean[from.rank()];
    for (long one : along) {
      int position = (int) (one < 0 ? one + from.rank() : one);
      if (position < 0 || position >= reduced.length) {
        return none();
      }
      reduced[position] = true;
    }
    if (node.attributes().flag("keepdims", true)) {
      return OptionalInt.of(axis);
    }
    if (reduced[axis]) {
      return none();
    }
    int before = 0;
    for (int i = 0; i < axis; i++) {
      before += reduced[i] ? 1 : 0;
    }
    return OptionalInt.of(axis - before);
  }

  private long[] axes(Node node) {
    if (node.type().name().startsWith("Arg")) {
      return new long[] {node.attributes().integer("axis", 0)};
    }
    Tensor given = graph.constants().get(node.input(1));
    return given == null ? new long[0] : given.toLongs();
  }

  private Shape shape(String value) {
    return graph.value(value).shape();
  }

  private static OptionalInt none() {
    return OptionalInt.empty();
  }
}
