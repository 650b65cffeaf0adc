package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;

/**
 * Weights that follow from constants by operators which move no element, such as the flipped
 * kernels of gradients: seen where the constant is stored, without a copy.
 */
final class ConstantWeights {
  private ConstantWeights() {}

  /** A weight of four axes; empty where it is not a constant or has other axes. */
  static Optional<WeightView> find(String name, BlockedDraft draft) {
    return view(name, draft).filter(view -> view.rank() == 4);
  }

  private static Optional<WeightView> view(String name, BlockedDraft draft) {
    Optional<Tensor> constant = draft.constant(name);
    if (constant.isPresent()) {
      return constant.filter(tensor -> tensor.type() == ElementType.FLOAT32).map(WeightView::of);
    }
    Optional<Node> producer = draft.producer(name);
    if (producer.isEmpty() || !producer.get().type().domain().isEmpty()) {
      return Optional.empty();
    }
    Node node = producer.get();
    return switch (node.type().name()) {
      case "Identity" -> view(node.input(0), draft);
      case "Transpose" -> view(node.input(0), draft).flatMap(of -> transposed(node, of));
      case "Reshape" ->
          draft.original(name).shape().isStatic()
              ? view(node.input(0), draft)
                  .flatMap(of -> of.reshaped(draft.original(name).shape().sizes()))
              : Optional.empty();
      case "Slice" -> view(node.input(0), draft).flatMap(of -> reversed(node, of, draft));
      default -> Optional.empty();
    };
  }

  private static Optional<WeightView> transposed(Node node, WeightView of) {
    return node.attributes()
        .integers("perm")
        .filter(permutation -> permutation.length == of.rank())
        .map(
            permutation -> {
              int[] axes = new int[permutation.length];
              for (int i = 0; i < axes.length; i++) {
                axes[i] = Math.toIntExact(permutation[i]);
              }
              return of.transposed(axes);
            });
  }

  /** Only slices that take whole axes backwards. */
  private static Optional<WeightView> reversed(Node node, WeightView of, BlockedDraft draft) {
    Optional<Tensor> axes = draft.constant(node.input(3));
    Optional<Tensor> steps = draft.constant(node.input(4));
    Optional<Tensor> starts = draft.constant(node.input(1));
    Optional<Tensor> ends = draft.constant(node.input(2));
    if (axes.isEmpty() || steps.isEmpty() || starts.isEmpty() || ends.isEmpty()) {
      return Optional.empty();
    }
    WeightView view = of;
    for (int i = 0; i < axes.get().elements(); i++) {
      int axis = (int) axes.get().getLong(i);
      if (axis < 0 || axis >= of.rank()) {
        return Optional.empty();
      }
      long size = of.sizes()[axis];
      long start = starts.get().getLong(i);
      boolean isWhole = start == -1 || start >= size - 1;
      if (steps.get().getLong(i) != -1 || !isWhole || ends.get().getLong(i) >= -size) {
        return Optional.empty();
      }
      view = view.reversed(axis);
    }
    return Optional.of(view);
  }
}
