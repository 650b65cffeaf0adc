package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;

/**
 * A convolution with kernels of one element, to which a bias may still be added.
 *
 * @param input the images, flat
 * @param weight in the order of the blocked kernels
 * @param groups 1, or the number of channels
 * @param bias an element a channel
 */
record PointwiseConvolution(Value input, Value weight, long groups, Optional<Tensor> bias) {
  private static final long[] ONE_ELEMENT = {1, 1};

  PointwiseConvolution withBias(Tensor added) {
    return new PointwiseConvolution(input, weight, groups, Optional.of(added));
  }

  Value write(BlockedDraft draft) {
    long[] sizes = {input.size(0), weight.size(0), input.size(2), input.size(3)};
    Attributes attributes = Attributes.of("group", groups, "kernel_shape", ONE_ELEMENT);
    return bias.isEmpty()
        ? draft.blocked("Conv", attributes, sizes, input, weight)
        : draft.blocked(
            "Conv",
            attributes,
            sizes,
            input,
            weight,
            draft.emitter().constant(draft.weights().vector(bias.get())));
  }
}
