package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Moves a Transpose behind the node that reads it, where that node works on each element alone,
 * pads, joins or reduces along axes: {@code op(transpose(x)) = transpose(op(x))}. Exporters of
 * channels-last frameworks put one before and after every convolution; moved, they meet and cancel.
 */
public final class SinkTranspose implements Rewrite {
  /** One data input, which is the first; others are scalars. */
  private static final Set<String> UNARY =
      Set.of(
          "Abs",
          "Cast",
          "Ceil",
          "Celu",
          "Clip",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Log",
          "Mish",
          "Neg",
          "Not",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Sigmoid",
          "Sign",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tanh",
          "ThresholdedRelu");

  private static final Set<String> BROADCASTING =
      Set.of("Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "PRelu");

  private static final Set<String> REDUCING =
      Set.of(
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceProd",
          "ReduceSum",
          "ReduceSumSquare");

  /** Activations of ONNX Runtime's own domain; each works on each element alone. */
  private static final Set<OperatorType> CONTRIBUTED =
      Set.of(
          new OperatorType("com.microsoft", "Gelu"),
          new OperatorType("com.microsoft", "FastGelu"),
          new OperatorType("com.microsoft", "QuickGelu"));

  @Override
  public boolean apply(Node node, Draft draft) {
    if (CONTRIBUTED.contains(node.type()) && node.inputs().size() == 1) {
      return Permutation.behind(node.input(0), draft)
          .filter(transposed -> unary(node, transposed, draft))
          .isPresent();
    } else if (!node.type().domain().isEmpty()) {
      return false;
    }
    Optional<Permutation.Transposed> transposed =
        node.inputs().stream()
            .map(input -> Permutation.behind(input, draft))
            .flatMap(Optional::stream)
            .findFirst();
    if (transposed.isEmpty()) {
      return false;
    }
    Permutation order = transposed.get().order();
    String operator = node.type().name();
    if (UNARY.contains(operator)) {
      return unary(node, transposed.get(), draft);
    } else if (BROADCASTING.contains(operator)) {
      return broadcasting(node, order, draft);
    } else if (REDUCING.contains(operator)) {
      return reducing(node, transposed.get(), draft);
    } else if (operator.equals("Pad")) {
      return padding(node, transposed.get(), draft);
    } else if (operator.equals("Concat")) {
      return joining(node, order, draft);
    }
    return false;
  }

  private static boolean unary(Node node, Permutation.Transposed first, Draft draft) {
    if (Permutation.behind(node.input(0), draft).isEmpty()) {
      return false;
    }
    List<Value> arguments = arguments(node, draft);
    arguments.set(0, first.source());
    transposeResult(node, node.attributes(), arguments, first.order(), draft);
    return true;
  }

  private static boolean broadcasting(Node node, Permutation order, Draft draft) {
    List<Value> arguments = new ArrayList<>();
    List<Tensor> moved = new ArrayList<>();
    for (String input : node.inputs()) {
      Optional<Permutation.Transposed> transposed = Permutation.behind(input, draft);
      if (transposed.isPresent() && transposed.get().order().isSame(order)) {
        arguments.add(transposed.get().source());
        continue;
      }
      Optional<Tensor> constant =
          draft.constantOf(input).flatMap(tensor -> undoVector(tensor, order));
      if (constant.isEmpty()) {
        return false;
      }
      moved.add(constant.get());
      arguments.add(Value.ABSENT);
    }
    for (Tensor constant : moved) {
      arguments.set(arguments.indexOf(Value.ABSENT), draft.constant(constant));
    }
    transposeResult(node, node.attributes(), arguments, order, draft);
    return true;
  }

  /** A constant of one element, or along one axis, for the order before a Transpose. */
  private static Optional<Tensor> undoVector(Tensor constant, Permutation order) {
    long[] sizes = constant.sizes();
    if (sizes.length > order.rank() || Arrays.stream(sizes).filter(size -> size != 1).count() > 1) {
      return Optional.empty();
    }
    long[] aligned = new long[order.rank()];
    Arrays.fill(aligned, 1);
    System.arraycopy(sizes, 0, aligned, order.rank() - sizes.length, sizes.length);
    return Optional.of(constant.reshaped(order.undo(aligned)));
  }

  /** Reductions that leave axes of size 1, or remove axes so that the others keep their order. */
  private static boolean reducing(Node node, Permutation.Transposed transposed, Draft draft) {
    Permutation order = transposed.order();
    Optional<Tensor> axes = draft.constantOf(node.input(1));
    if (axes.isEmpty() || axes.get().elements() == 0) {
      return false;
    }
    int rank = order.rank();
    boolean[] reduced = new boolean[rank];
    long[] before = new long[axes.get().elements()];
    for (int i = 0; i < before.length; i++) {
      long axis = axes.get().getLong(i);
      int index = (int) (axis < 0 ? axis + rank : axis);
      if (index < 0 || index >= rank || reduced[index]) {
        return false;
      }
      reduced[index] = true;
      before[i] = order.axes()[index];
    }
    Arrays.sort(before);
    List<Value> arguments = new ArrayList<>(List.of(transposed.source()));
    if (node.attributes().flag("keepdims", true)) {
      arguments.add(draft.integers(before));
      transposeResult(node, node.attributes(), arguments, order, draft);
      return true;
    }
    int last = -1;
    for (int i = 0; i < rank; i++) {
      if (!reduced[i]) {
        if (order.axes()[i] < last) {
          return false;
        }
        last = order.axes()[i];
      }
    }
    draft.give(
        node, node.type().name(), node.attributes(), transposed.source(), draft.integers(before));
    return true;
  }

  private static boolean padding(Node node, Permutation.Transposed transposed, Draft draft) {
    Permutation order = transposed.order();
    Optional<Tensor> pads = draft.constantOf(node.input(1));
    int rank = order.rank();
    if (pads.isEmpty() || pads.get().elements() != 2 * rank || node.hasInput(3)) {
      return false;
    }
    long[] both = pads.get().toLongs();
    long[] before = new long[2 * rank];
    System.arraycopy(order.undo(Arrays.copyOf(both, rank)), 0, before, 0, rank);
    System.arraycopy(order.undo(Arrays.copyOfRange(both, rank, 2 * rank)), 0, before, rank, rank);
    List<Value> arguments = arguments(node, draft);
    arguments.set(0, transposed.source());
    arguments.set(1, draft.integers(before));
    transposeResult(node, node.attributes(), arguments, order, draft);
    return true;
  }

  private static boolean joining(Node node, Permutation order, Draft draft) {
    List<Value> parts = new ArrayList<>();
    for (String input : node.inputs()) {
      Optional<Permutation.Transposed> part = Permutation.behind(input, draft);
      if (part.isEmpty() || !part.get().order().isSame(order)) {
        return false;
      }
      parts.add(part.get().source());
    }
    long axis = node.attributes().integer("axis", 0);
    int index = (int) (axis < 0 ? axis + order.rank() : axis);
    if (index < 0 || index >= order.rank()) {
      return false;
    }
    Attributes moved = node.attributes().with("axis", order.axes()[index]);
    transposeResult(node, moved, parts, order, draft);
    return true;
  }

  private static List<Value> arguments(Node node, Draft draft) {
    List<Value> arguments = new ArrayList<>();
    node.inputs().forEach(input -> arguments.add(draft.value(input)));
    return arguments;
  }

  private static void transposeResult(
      Node node, Attributes attributes, List<Value> arguments, Permutation order, Draft draft) {
    Value result = draft.apply(node.type(), 1, attributes, arguments).get(0);
    draft.give(node, "Transpose", order.attributes(), result);
  }
}
