package dev.phosphene.graph.loop;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Operators on all steps of a loop at once: what a node computes of a value in each step, of the
 * steps' values side by side along a new first axis.
 */
final class StackedOperators {
  private static final Set<String> ON_EACH_ELEMENT =
      Set.of(
          "Abs",
          "Cast",
          "Celu",
          "Clip",
          "Cos",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Log",
          "Mish",
          "Neg",
          "Not",
          "Reciprocal",
          "Relu",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Tanh",
          "ThresholdedRelu");

  private static final Set<String> BROADCASTING =
      Set.of(
          "Add",
          "And",
          "Div",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "Max",
          "Min",
          "Mul",
          "Or",
          "Pow",
          "Sub",
          "Sum",
          "Where",
          "Xor");

  private static final Set<String> RESHAPING = Set.of("Flatten", "Reshape", "Squeeze", "Unsqueeze");

  private static final Set<String> REDUCING =
      Set.of("ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum");

  private final Emitter graph;
  private final long steps;

  /**
   * What a node reads.
   *
   * @param value of all steps side by side, or one for all steps
   */
  record Operand(Value value, boolean isStacked) {
    /** Number of axes of the value of one step. */
    int rank() {
      return value.rank() - (isStacked ? 1 : 0);
    }
  }

  StackedOperators(Emitter graph, long steps) {
    this.graph = graph;
    this.steps = steps;
  }

  /**
   * Computes a node for all steps.
   *
   * @param outputs those of one step
   * @return an entry an output; empty where this operator has no such form
   */
  Optional<List<Value>> apply(Node node, List<Operand> operands, List<Value> outputs) {
    boolean isKnown =
        node.type().domain().isEmpty()
            && outputs.stream().allMatch(output -> output.shape().isStatic())
            && operands.stream()
                .map(Operand::value)
                .allMatch(value -> !value.isPresent() || value.shape().isStatic());
    if (!isKnown) {
      return Optional.empty();
    }
    String name = node.type().name();
    Value first = operands.get(0).value();
    boolean onlyFirst =
        operands.get(0).isStacked() && operands.stream().skip(1).noneMatch(Operand::isStacked);
    if (ON_EACH_ELEMENT.contains(name)) {
      return onlyFirst ? same(node, operands) : Optional.empty();
    } else if (BROADCASTING.contains(name)) {
      return same(node, aligned(operands, outputs.get(0).rank()));
    } else if (name.equals("MatMul")) {
      int rank = operands.stream().mapToInt(Operand::rank).max().orElse(0);
      boolean areMatrices = operands.stream().allMatch(operand -> operand.rank() >= 2);
      return areMatrices ? same(node, aligned(operands, rank)) : Optional.empty();
    } else if (name.equals("Concat")) {
      return Optional.of(List.of(concatenate(node, operands, outputs.get(0).rank())));
    } else if (name.equals("Gather") && !operands.get(0).isStacked()) {
      return Optional.of(List.of(gather(node, operands)));
    } else if (!onlyFirst) {
      return Optional.empty();
    } else if (RESHAPING.contains(name)) {
      return Optional.of(List.of(graph.reshape(first, stacked(outputs.get(0).shape().sizes()))));
    } else if (REDUCING.contains(name) || name.equals("Slice")) {
      return withAxesInput(node, operands, name.equals("Slice") ? 3 : 1);
    }
    int rank = operands.get(0).rank();
    return switch (name) {
      case "Expand" -> {
        Operand target = aligned(operands.subList(0, 1), outputs.get(0).rank()).get(0);
        long[] sizes = stacked(outputs.get(0).shape().sizes());
        yield Optional.of(List.of(graph.expand(target.value(), sizes)));
      }
      case "Transpose" -> Optional.of(List.of(transpose(node, first, rank)));
      case "Split", "Gather" -> withAxis(node, operands, 0, rank);
      case "Softmax", "LogSoftmax" -> withAxis(node, operands, -1, rank);
      default -> Optional.empty();
    };
  }

  private Optional<List<Value>> same(Node node, List<Operand> operands) {
    return Optional.of(write(node, node.attributes(), operands));
  }

  private List<Value> write(Node node, Attributes attributes, List<Operand> operands) {
    return graph.apply(
        node.type(),
        node.outputs().size(),
        attributes,
        operands.stream().map(Operand::value).toList());
  }

  /** Gives stacked values axes of size one behind that of the steps, up to this many. */
  private List<Operand> aligned(List<Operand> operands, int rank) {
    List<Operand> aligned = new ArrayList<>();
    for (Operand operand : operands) {
      int missing = rank - operand.rank();
      boolean changes = operand.isStacked() && missing > 0;
      long[] axes = IntStream.rangeClosed(1, Math.max(0, missing)).asLongStream().toArray();
      aligned.add(changes ? new Operand(graph.unsqueeze(operand.value(), axes), true) : operand);
    }
    return aligned;
  }

  private long[] stacked(long[] sizes) {
    long[] all = new long[sizes.length + 1];
    all[0] = steps;
    System.arraycopy(sizes, 0, all, 1, sizes.length);
    return all;
  }

  private Value concatenate(Node node, List<Operand> operands, int rank) {
    List<Value> parts = new ArrayList<>();
    for (Operand operand : operands) {
      Value value = operand.value();
      parts.add(operand.isStacked() ? value : graph.expand(value, stacked(value.shape().sizes())));
    }
    long axis = node.attributes().integer("axis", 0);
    return graph.concatenate((int) (axis < 0 ? axis + rank : axis) + 1, parts);
  }

  /** Every step takes other entries of one value: all of them at once, then steps come first. */
  private Value gather(Node node, List<Operand> operands) {
    int rank = operands.get(0).rank();
    long given = node.attributes().integer("axis", 0);
    int axis = (int) (given < 0 ? given + rank : given);
    Value all = write(node, node.attributes(), operands).get(0);
    int[] order = IntStream.range(0, all.rank()).toArray();
    for (int i = axis; i > 0; i--) {
      order[i] = order[i - 1];
    }
    order[0] = axis;
    return axis == 0 ? all : graph.transpose(all, order);
  }

  private Value transpose(Node node, Value value, int rank) {
    long[] given =
        node.attributes()
            .integers("perm")
            .orElseGet(() -> IntStream.range(0, rank).mapToLong(i -> rank - 1 - i).toArray());
    int[] order = new int[rank + 1];
    for (int i = 0; i < rank; i++) {
      order[i + 1] = (int) given[i] + 1;
    }
    return graph.transpose(value, order);
  }

  /** An operator whose axis is an attribute. */
  private Optional<List<Value>> withAxis(
      Node node, List<Operand> operands, long otherwise, int rank) {
    long axis = node.attributes().integer("axis", otherwise);
    long moved = (axis < 0 ? axis + rank : axis) + 1;
    return Optional.of(write(node, node.attributes().with("axis", moved), operands));
  }

  /** An operator whose axes are an input, which has to be a constant. */
  private Optional<List<Value>> withAxesInput(Node node, List<Operand> operands, int input) {
    if (input >= operands.size()) {
      return Optional.empty();
    }
    Optional<Tensor> axes = graph.constantOf(operands.get(input).value());
    if (axes.isEmpty() || axes.get().elements() == 0) {
      return Optional.empty();
    }
    int rank = operands.get(0).rank();
    long[] moved =
        Arrays.stream(axes.get().toLongs()).map(a -> (a < 0 ? a + rank : a) + 1).toArray();
    List<Operand> changed = new ArrayList<>(operands);
    changed.set(input, new Operand(graph.integers(moved), false));
    return Optional.of(write(node, node.attributes(), changed));
  }
}
