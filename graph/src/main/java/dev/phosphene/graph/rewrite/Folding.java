package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorSpec;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes nodes whose inputs are small constants, and the shapes of values that are known. */
final class Folding {
  /** Shape arithmetic is small; anything larger is the runtime's work. */
  static final int LARGEST_FOLDED = 65_536;

  private final GraphBuilder builder;
  private final OperatorTable operators;

  Folding(GraphBuilder builder, OperatorTable operators) {
    this.builder = builder;
    this.operators = operators;
  }

  /**
   * The outputs of a node, where they can be computed now.
   *
   * @param outputs what inference found of them
   * @return an entry an output; empty where the node has to stay
   */
  List<Tensor> fold(Node node, List<Value> outputs) {
    if (node.is("Shape") || node.is("Size")) {
      return shape(node, builder.value(node.input(0)).shape()).map(List::of).orElse(List.of());
    }
    OperatorSpec.Evaluation evaluation =
        operators.find(node.type()).map(OperatorSpec::evaluation).orElse(null);
    if (evaluation == null || !outputs.stream().allMatch(Folding::isSmall)) {
      return List.of();
    }
    List<Optional<Tensor>> arguments = new ArrayList<>();
    for (String input : node.inputs()) {
      Optional<Tensor> constant = builder.constantOf(builder.value(input));
      boolean foldable = input.isEmpty() || constant.filter(Folding::isSmall).isPresent();
      if (!foldable) {
        return List.of();
      }
      arguments.add(constant);
    }
    List<Tensor> computed = evaluate(evaluation, node, arguments);
    return computed.size() >= node.outputs().size() ? computed : List.of();
  }

  /** Operands that make no sense in a model, such as an index beyond the end, are run time's. */
  private static List<Tensor> evaluate(
      OperatorSpec.Evaluation evaluation, Node node, List<Optional<Tensor>> arguments) {
    try {
      return evaluation.evaluate(node, arguments);
    } catch (ArithmeticException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | IllegalArgumentException
        | IllegalStateException damaged) {
      return List.of();
    }
  }

  private static boolean isSmall(Tensor tensor) {
    return tensor.elements() <= LARGEST_FOLDED;
  }

  private static boolean isSmall(Value output) {
    if (!output.isPresent() || !output.shape().isStatic()) {
      return true;
    }
    long elements = 1;
    for (long size : output.shape().sizes()) {
      elements = Math.min(elements, LARGEST_FOLDED + 1) * Math.min(size, LARGEST_FOLDED + 1);
    }
    return elements <= LARGEST_FOLDED;
  }

  private static Optional<Tensor> shape(Node node, Shape shape) {
    if (!shape.isRankKnown()) {
      return Optional.empty();
    }
    if (node.is("Size")) {
      return shape.isStatic() ? Optional.of(Tensor.scalar(shape.elements())) : Optional.empty();
    }
    int start = bound(node.attributes().integer("start", 0), shape.rank());
    int end = bound(node.attributes().integer("end", shape.rank()), shape.rank());
    List<Dimension> asked = shape.dimensions().subList(start, Math.max(start, end));
    return asked.stream().allMatch(Dimension::isKnown)
        ? Optional.of(Tensor.vector(asked.stream().mapToLong(Dimension::size).toArray()))
        : Optional.empty();
  }

  /** An index of Shape: negative ones count from the end, all are cut to the range of axes. */
  private static int bound(long index, int rank) {
    long fromStart = index < 0 ? index + rank : index;
    return (int) Math.max(0, Math.min(fromStart, rank));
  }
}
