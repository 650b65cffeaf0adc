package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Operators that treat each element alone, on values whose channels are their last axis: with
 * operands of the same sizes, with one number a row, and with one a channel.
 */
final class ChannelsLastElementwise implements BlockedOperator {
  /** Axes of the form in which values and numbers of rows meet. */
  private static final int JOINED_RANK = 3;

  @Override
  public boolean apply(Node node, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    String output = node.output(0);
    OptionalLong pictures =
        node.inputs().stream().filter(values::isBlocked).mapToLong(values::pictures).findFirst();
    if (pictures.isEmpty() || !(values.isShaped(output) || values.isRowwise(output))) {
      return false;
    }
    return sameSizes(node, pictures.getAsLong(), draft)
        || withRows(node, pictures.getAsLong(), draft)
        || withChannels(node, pictures.getAsLong(), draft);
  }

  private static boolean sameSizes(Node node, long pictures, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    if (!node.inputs().stream().allMatch(input -> isLike(input, node, pictures, draft))
        || node.inputs().stream()
            .anyMatch(input -> isNumber(input, draft) || values.isJoined(input))) {
      return false;
    }
    values.give(node.output(0), applied(node, draft, input -> values.flat(input, pictures)));
    return true;
  }

  /**
   * In the form in which one number a row can be an operand; also with single numbers, which the
   * runtime takes one element at a time where the last axis is 1.
   */
  private static boolean withRows(Node node, long pictures, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    if (!node.inputs().stream()
        .allMatch(
            input ->
                isLike(input, node, pictures, draft) || isOfRows(input, node, pictures, draft))) {
      return false;
    }
    values.giveJoined(
        node.output(0), applied(node, draft, input -> values.joined(input, pictures)));
    return true;
  }

  /** Sums and products with a vector: a bias of the convolution before, or one of its own. */
  private static boolean withChannels(Node node, long pictures, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    String output = node.output(0);
    for (int operand = 0; operand < node.inputs().size() && node.inputs().size() == 2; operand++) {
      String input = node.input(1 - operand);
      Optional<Tensor> vector = values.vector(node.input(operand), values.channels(output));
      if (vector.isEmpty() || !isLike(input, node, pictures, draft)) {
        continue;
      }
      if (node.is("Mul")) {
        values.give(output, scaling(input, vector.get().toFloats(), pictures, draft));
        return true;
      }
      if (node.is("Add")) {
        values.give(output, convolution(input, pictures, draft).withBias(vector.get()));
        return true;
      }
    }
    return false;
  }

  /** The convolution that gives a value to one reader; else one that gives it as it is. */
  private static PointwiseConvolution convolution(String input, long pictures, BlockedDraft draft) {
    return draft
        .channelsLast()
        .convolution(input)
        .filter(found -> found.bias().isEmpty() && draft.isReadOnce(input))
        .orElseGet(
            () -> {
              float[] ones = new float[Math.toIntExact(draft.channelsLast().channels(input))];
              Arrays.fill(ones, 1);
              return scaling(input, ones, pictures, draft);
            });
  }

  private static PointwiseConvolution scaling(
      String input, float[] factors, long pictures, BlockedDraft draft) {
    Value kernels = draft.emitter().constant(Tensor.of(factors, factors.length, 1, 1, 1));
    Value flat = draft.channelsLast().flat(input, pictures);
    return new PointwiseConvolution(flat, kernels, factors.length, Optional.empty());
  }

  private static Value applied(Node node, BlockedDraft draft, Function<String, Value> operand) {
    Value[] operands =
        node.inputs().stream()
            .map(input -> isNumber(input, draft) ? draft.plain(input) : operand.apply(input))
            .toArray(Value[]::new);
    return draft.emitter().apply(node.type().name(), node.attributes(), operands);
  }

  /** Whether an operand is a single number or has an element for each of the output's. */
  private static boolean isLike(String input, Node node, long pictures, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    return isNumber(input, draft)
        || (values.isBlockable(input, pictures)
            && Arrays.equals(draft.sizes(input), draft.sizes(node.output(0))));
  }

  private static boolean isOfRows(String input, Node node, long pictures, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    if (!values.isBlocked(input)
        || !values.isRowwise(input)
        || values.pictures(input) != pictures) {
      return false;
    }
    long[] whole = draft.sizes(node.output(0));
    long[] sizes = draft.sizes(input);
    return sizes.length == whole.length && Arrays.mismatch(sizes, whole) == sizes.length - 1;
  }

  private static boolean isNumber(String input, BlockedDraft draft) {
    return input.isEmpty()
        || draft
            .constant(input)
            .filter(constant -> constant.elements() == 1 && constant.rank() <= JOINED_RANK)
            .isPresent();
  }

  /** Means and sums over the channels: one number a row. */
  static boolean reduction(Node node, BlockedDraft draft) {
    ChannelsLast values = draft.channelsLast();
    String input = node.input(0);
    Optional<long[]> axes = draft.constant(node.input(1)).map(Tensor::toLongs);
    if (!values.isBlocked(input)
        || !values.isShaped(input)
        || axes.isEmpty()
        || !node.attributes().flag("keepdims", true)) {
      return false;
    }
    long last = draft.sizes(input).length - 1L;
    if (axes.get().length != 1 || (axes.get()[0] != last && axes.get()[0] != -1)) {
      return false;
    }
    int block = draft.block();
    Value flat = values.flat(input, values.pictures(input));
    long blocks = flat.size(1) / block;
    // Blocks are added up first, as the product that is several times as fast as a sum along an
    // axis, and then the channels of one, for all of them at once.
    float[] ones = new float[Math.toIntExact(blocks)];
    Arrays.fill(ones, 1);
    Value row = draft.emitter().constant(Tensor.of(ones, 1, blocks));
    Value summed = draft.emitter().matrixMultiply(row, values.joined(input, flat.size(0)));
    float[] factors = new float[block * block];
    Arrays.fill(factors, node.is("ReduceMean") ? (float) (1.0 / (blocks * block)) : 1);
    Value kernels = draft.emitter().constant(Tensor.of(factors, block, block, 1, 1));
    Value sums = draft.emitter().reshape(summed, flat.size(0), block, flat.size(2), 1);
    values.give(
        node.output(0), new PointwiseConvolution(sums, kernels, 1, Optional.empty()).write(draft));
    return true;
  }
}
