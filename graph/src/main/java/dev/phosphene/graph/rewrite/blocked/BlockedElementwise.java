package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
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
      draft.giveFlat(output, applied(node, draft, draft::flat));
      return true;
    }
    if (node.inputs().stream()
        .allMatch(input -> isLike(input, output, draft) || isOfPositions(input, output, draft))) {
      draft.giveView(output, applied(node, draft, input -> operand(input, output, draft)));
      return true;
    }
    return scale(node, draft);
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

  /**
   * A product with one number a picture and channel: a depthwise convolution with kernels of one
   * element, whose groups are the channels of all pictures.
   */
  private static boolean scale(Node node, BlockedDraft draft) {
    if (!node.is("Mul")) {
      return false;
    }
    Optional<String> factor =
        node.inputs().stream().filter(input -> isFactor(input, node.output(0), draft)).findFirst();
    if (factor.isEmpty()) {
      return false;
    }
    String other = node.input(node.input(0).equals(factor.get()) ? 1 : 0);
    long[] sizes = draft.sizes(node.output(0));
    if (!draft.isBlocked(other) || !Arrays.equals(draft.sizes(other), sizes)) {
      return false;
    }
    long[] flat = draft.flatSizes(sizes);
    long channels = flat[0] * flat[1];
    long[] merged = {1, channels, flat[2], flat[3]};
    Value images = draft.emitter().reshape(draft.flat(other), merged);
    Value kernels = draft.emitter().reshape(draft.flat(factor.get()), channels, 1, 1, 1);
    Attributes attributes = Attributes.of("group", channels, "kernel_shape", new long[] {1, 1});
    Value scaled = draft.blocked("Conv", attributes, merged, images, kernels);
    draft.giveFlat(node.output(0), draft.emitter().reshape(scaled, flat));
    return true;
  }

  private static boolean isFactor(String input, String output, BlockedDraft draft) {
    if (!draft.isVector(input) || !draft.isBlockable(input)) {
      return false;
    }
    long[] sizes = draft.sizes(input);
    long[] whole = draft.sizes(output);
    return sizes.length == whole.length && sizes[0] == whole[0] && sizes[1] == whole[1];
  }
}
