package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Shape;

/** MaxPool without indices, and AveragePool, over height and width. */
final class BlockedPooling implements BlockedOperator {
  @Override
  public boolean apply(Node node, BlockedDraft draft) {
    String input = node.input(0);
    long[] kernel = node.attributes().integers("kernel_shape").orElse(new long[0]);
    if (!draft.isBlocked(input)
        || !draft.isShaped(node.output(0))
        || kernel.length != 2
        || draft.sizes(input).length != 4
        || !node.output(1).isEmpty()) {
      return false;
    }
    Window window = Window.of(node, Shape.of(draft.sizes(input)), kernel);
    boolean isDilated = window.axes().stream().anyMatch(axis -> axis.dilation() > 1);
    if (isDilated && node.is("AveragePool")) {
      return false;
    }
    Attributes attributes =
        node.attributes()
            .without("auto_pad", "storage_order")
            .with("pads", window.pads())
            .with("strides", window.strides());
    long[] sizes = draft.flatSizes(draft.sizes(node.output(0)));
    draft.giveFlat(
        node.output(0), draft.blocked(node.type().name(), attributes, sizes, draft.flat(input)));
    return true;
  }
}
