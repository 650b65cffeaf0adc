package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.rewrite.ChannelAffine;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Products with one number a channel, and batch normalization: depthwise convolutions with kernels
 * of one element.
 */
final class BlockedScaling {
  private static final long[] ONE_ELEMENT = {1, 1};

  private BlockedScaling() {}

  /** A product of a value and one number a channel, or a picture and channel. */
  static boolean product(Node node, BlockedDraft draft) {
    String output = node.output(0);
    return product(node, input -> isOfPictures(input, output, draft), true, draft)
        || product(node, input -> isOfChannels(input, output, draft), false, draft);
  }

  private static boolean product(
      Node node, Predicate<String> isFactor, boolean isOfPictures, BlockedDraft draft) {
    Optional<String> factor = node.inputs().stream().filter(isFactor).findFirst();
    if (factor.isEmpty()) {
      return false;
    }
    String other = node.input(node.input(0).equals(factor.get()) ? 1 : 0);
    long[] sizes = draft.sizes(node.output(0));
    if (!draft.isBlocked(other) || !Arrays.equals(draft.sizes(other), sizes)) {
      return false;
    }
    draft.giveFlat(
        node.output(0),
        isOfPictures
            ? ofPictures(other, factor.get(), draft)
            : depthwise(draft, draft.flat(other), ofChannels(factor.get(), draft)));
    return true;
  }

  /** The groups are the channels of all pictures. */
  private static Value ofPictures(String other, String factor, BlockedDraft draft) {
    long[] flat = draft.flatSizes(draft.sizes(other));
    long channels = flat[0] * flat[1];
    Value images = draft.emitter().reshape(draft.flat(other), 1, channels, flat[2], flat[3]);
    Value kernels = draft.emitter().reshape(draft.flat(factor), channels, 1, 1, 1);
    return draft.emitter().reshape(depthwise(draft, images, kernels), flat);
  }

  private static Value ofChannels(String factor, BlockedDraft draft) {
    long channels = draft.original(factor).shape().elements();
    Value kernels = draft.emitter().reshape(draft.plain(factor), channels, 1, 1, 1);
    long padding = draft.weights().padded(channels) - channels;
    return draft.emitter().padZeros(kernels, 0, 0, 0, 0, padding, 0, 0, 0);
  }

  /**
   * A depthwise convolution.
   *
   * @param weights the kernels, and the bias where there is one
   */
  private static Value depthwise(BlockedDraft draft, Value images, Value... weights) {
    Attributes attributes = Attributes.of("group", images.size(1), "kernel_shape", ONE_ELEMENT);
    List<Value> operands = new ArrayList<>(List.of(images));
    operands.addAll(List.of(weights));
    return draft.blocked(
        "Conv", attributes, images.shape().sizes(), operands.toArray(Value[]::new));
  }

  private static boolean isOfPictures(String input, String output, BlockedDraft draft) {
    if (!draft.isVector(input) || !draft.isBlockable(input)) {
      return false;
    }
    long[] sizes = draft.sizes(input);
    long[] whole = draft.sizes(output);
    return sizes.length == whole.length && sizes[0] == whole[0] && sizes[1] == whole[1];
  }

  private static boolean isOfChannels(String input, String output, BlockedDraft draft) {
    Value value = draft.original(input);
    if (value.type() != ElementType.FLOAT32
        || !value.shape().isStatic()
        || draft.isBlocked(input)) {
      return false;
    }
    long[] sizes = value.shape().sizes();
    long[] whole = draft.sizes(output);
    int channels = sizes.length - whole.length + 1;
    return channels >= 0
        && IntStream.range(0, sizes.length)
            .allMatch(axis -> sizes[axis] == (axis == channels ? whole[1] : 1));
  }

  /** Batch normalization with constant statistics. */
  static boolean batchNormalization(Node node, BlockedDraft draft) {
    String input = node.input(0);
    if (!draft.isBlocked(input)
        || !draft.isShaped(node.output(0))
        || node.outputs().size() > 1
        || node.attributes().integer("training_mode", 0) != 0) {
      return false;
    }
    int channels = Math.toIntExact(draft.sizes(input)[1]);
    Optional<ChannelAffine> affine =
        ChannelAffine.ofBatchNormalization(node, draft::constant, channels);
    affine.ifPresent(
        found -> {
          Value kernels = draft.emitter().constant(vector(found.scale(), draft));
          Value flat = draft.emitter().reshape(kernels, kernels.size(0), 1, 1, 1);
          Value shift = draft.emitter().constant(vector(found.shift(), draft));
          draft.giveFlat(node.output(0), depthwise(draft, draft.flat(input), flat, shift));
        });
    return affine.isPresent();
  }

  private static Tensor vector(double[] channels, BlockedDraft draft) {
    return draft.weights().vector(Tensor.converted(ElementType.FLOAT32, channels, channels.length));
  }
}
