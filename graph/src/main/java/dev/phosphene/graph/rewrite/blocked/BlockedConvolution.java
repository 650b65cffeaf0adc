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
    Optional<KernelForm> form = KernelForm.of(kernel, groups, input, draft);
    if (form.isEmpty()) {
      return false;
    }
    long[] taps = {kernel.height(), kernel.width()};
    Window window = Window.of(node, Shape.of(draft.sizes(input)), taps);
    Value convolved =
        write(form.get(), window, draft.flatSizes(draft.sizes(node.output(0))), bias, draft);
    draft.giveFlat(node.output(0), convolved);
    return true;
  }

  /** Writes a convolution. */
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
