package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Operators that treat each element alone: they compute the same on elements in any order, if all
 * operands have them in the same.
 */
final class BlockedElementwise implements BlockedOperator {
  /** Those that are finite wherever their operands are, so that padding channels do no harm. */
  private static final Set<String> BOUNDED =
      Set.of(
          "Abs",
          "Add",
          "Celu",
          "Clip",
          "Elu",
          "Erf",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "Max",
          "Mean",
          "Min",
          "Mish",
          "Mul",
          "Neg",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Softsign",
          "Sub",
          "Sum",
          "Tanh",
          "ThresholdedRelu");

  /** Those that may turn padding into what is not a number: for whole blocks only. */
  private static final Set<String> UNBOUNDED = Set.of("Div", "Exp", "Reciprocal", "Sqrt");

  static final List<String> NAMES =
      List.of(BOUNDED, UNBOUNDED).stream().flatMap(Set::stream).sorted().toList();

  @Override
  public boolean apply(Node node, BlockedDraft draft) {
    String output = node.output(0);
    if (!draft.isShaped(output)
        || node.inputs().stream().noneMatch(draft::isBlocked)
        || (UNBOUNDED.contains(node.type().name())
            && draft.sizes(output)[1] % draft.block() != 0)) {
      return false;
    }
    if (node.inputs().stream().allMatch(input -> isLike(input, output, draft))) {
      if (node.inputs().stream().noneMatch(draft::isFlat)) {
        draft.giveView(output, applied(node, draft, draft::view));
      } else {
        draft.giveFlat(output, applied(node, draft, draft::flat));
      }
      return true;
    }
    if (node.inputs().stream()
        .allMatch(input -> isLike(input, output, draft) || isOfPositions(input, output, draft))) {
      draft.giveView(output, applied(node, draft, input -> operand(input, output, draft)));
      return true;
    }
    return node.is("Mul") && BlockedScaling.product(node, draft);
  }

  private static Value applied(Node node, BlockedDraft draft, Function<String, Value> operand) {
    Value[] operands =
        node.inputs().stream()
            .map(
                input ->
                    input.isEmpty() || isScalar(input, draft)
                        ? draft.plain(input)
                        : operand.apply(input))
            .toArray(Value[]::new);
    return draft.emitter().apply(node.type().name(), node.attributes(), operands);
  }

  private static Value operand(String input, String output, BlockedDraft draft) {
    return isOfPositions(input, output, draft) ? ofPositions(input, draft) : draft.view(input);
  }

  /** Whether an operand is a constant that is the same for all pictures and channels. */
  private static boolean isOfPositions(String input, String output, BlockedDraft draft) {
    Optional<Tensor> constant = draft.constant(input);
    if (constant.isEmpty() || !draft.isShaped(input)) {
      return false;
    }
    long[] sizes = draft.sizes(input);
    long[] whole = draft.sizes(output);
    return sizes.length == whole.length
        && sizes[0] == 1
        && sizes[1] == 1
        && IntStream.range(2, sizes.length).allMatch(i -> sizes[i] == 1 || sizes[i] == whole[i]);
  }

  /** A constant over positions, once for each channel of a block: long rows are added faster. */
  private static Value ofPositions(String input, BlockedDraft draft) {
    Tensor constant = draft.constant(input).orElseThrow();
    float[] repeated = new float[Math.multiplyExact(constant.elements(), draft.block())];
    FloatBuffer elements = constant.floats();
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = elements.get(i / draft.block());
    }
    long[] sizes = draft.sizes(input);
    long[] view = Arrays.copyOf(sizes, sizes.length + 1);
    view[sizes.length] = draft.block();
    return draft.emitter().constant(Tensor.of(repeated, view));
  }

  /** Whether an operand is a single number or has an element for each of the output's. */
  private static boolean isLike(String input, String output, BlockedDraft draft) {
    return input.isEmpty()
        || isScalar(input, draft)
        || (draft.isBlockable(input) && Arrays.equals(draft.sizes(input), draft.sizes(output)));
  }

  private static boolean isScalar(String input, BlockedDraft draft) {
    Value value = draft.original(input);
    return value.type() == ElementType.FLOAT32
        && value.shape().isStatic()
        && value.shape().elements() == 1
        && !draft.isBlocked(input);
  }
}
