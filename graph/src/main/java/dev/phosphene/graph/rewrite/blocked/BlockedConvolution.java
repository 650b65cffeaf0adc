package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;

/** Conv over height and width with constant weights. */
final class BlockedConvolution implements BlockedOperator {
  @Override
  public boolean apply(Node node, BlockedDraft draft) {
    String input = node.input(0);
    Optional<WeightView> weight = ConstantWeights.find(node.input(1), draft);
    Optional<Tensor> bias = draft.constant(node.input(2));
    if (weight.isEmpty()
        || !draft.isShaped(input)
        || draft.sizes(input).length != 4
        || !draft.isShaped(node.output(0))
        || (node.hasInput(2)
            && bias.filter(found -> found.type() == ElementType.FLOAT32).isEmpty())) {
      return false;
    }
    Kernel kernel = weight.get();
    int groups = Math.toIntExact(node.attributes().integer("group", 1));
    long[] taps = {kernel.height(), kernel.width()};
    Window window = Window.of(node, Shape.of(draft.sizes(input)), taps);
    Optional<Value> convolved = write(kernel, groups, input, window, bias, draft);
    convolved.ifPresent(value -> draft.giveFlat(node.output(0), value));
    return convolved.isPresent();
  }

  /**
   * Writes a convolution in the algorithm that is fastest.
   *
   * @param groups of the kernel
   * @param input a value of the original graph
   * @return the flat form of its outputs; empty where the blocked kernels cannot compute it, or not
   *     well
   */
  static Optional<Value> write(
      Kernel kernel,
      int groups,
      String input,
      Window window,
      Optional<Tensor> bias,
      BlockedDraft draft) {
    Optional<Value> inFewerProducts =
        groups == 1 && draft.algorithm() == ConvolutionAlgorithm.FASTEST
            ? WinogradConvolution.write(kernel, input, window, bias, draft)
            : Optional.empty();
    long[] sizes =
        draft.flatSizes(
            draft.sizes(input)[0],
            kernel.outputs(),
            window.axes().get(0).output(),
            window.axes().get(1).output());
    return inFewerProducts.or(
        () ->
            KernelForm.of(kernel, groups, input, draft)
                .map(form -> write(form, window, sizes, bias, draft)));
  }

  /** Writes a convolution directly. */
  static Value write(
      KernelForm form, Window window, long[] sizes, Optional<Tensor> bias, BlockedDraft draft) {
    Attributes attributes =
        Attributes.of(
            "group", form.groups(),
            "kernel_shape", window.kernel(),
            "strides", window.strides(),
            "dilations", window.dilations(),
            "pads", window.pads());
    Value weight = draft.emitter().constant(form.weight());
    return bias.isEmpty()
        ? draft.blocked("Conv", attributes, sizes, form.input(), weight)
        : draft.blocked(
            "Conv",
            attributes,
            sizes,
            form.input(),
            weight,
            draft.emitter().constant(draft.weights().vector(bias.get())));
  }
}
