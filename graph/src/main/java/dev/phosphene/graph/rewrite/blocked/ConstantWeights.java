package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.Node;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Weights that follow from constants by operators which move no element, such as the flipped
 * kernels of gradients: seen where the constant is stored, without a copy. Weights that a rewrite
 * has scaled are computed.
 */
final class ConstantWeights {
  /** Operators between a constant and a weight of a product. */
  private static final int DEEPEST = 3;

  private ConstantWeights() {}

  /** A weight of four axes; empty where it is not a constant or has other axes. */
  static Optional<WeightView> find(String name, BlockedDraft draft) {
    return view(name, draft).filter(view -> view.rank() == 4);
  }

  /** A weight of two axes; empty where it is not a constant or has other axes. */
  static Optional<WeightView> matrix(String name, BlockedDraft draft) {
    return view(name, draft).filter(view -> view.rank() == 2);
  }

  /** Whether a value may be a weight: it is a constant, or given by such operators of some. */
  static boolean isWeight(String name, BlockedDraft draft) {
    return isWeight(name, DEEPEST, draft);
  }

  private static boolean isWeight(String name, int depth, BlockedDraft draft) {
    return draft.constant(name).isPresent()
        || (depth > 0
            && draft
                .producer(name)
                .filter(
                    node -> List.of("Identity", "Mul", "Transpose").contains(node.type().name()))
                .filter(
                    node ->
                        node.inputs().stream().allMatch(each -> isWeight(each, depth - 1, draft)))
                .isPresent());
  }

  private static Optional<WeightView> view(String name, BlockedDraft draft) {
    Optional<Tensor> constant = draft.constant(name);
    if (constant.isPresent()) {
      return constant.filter(ConstantWeights::isFloat).map(WeightView::of);
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
      case "Mul" -> scaled(node, draft);
      default -> Optional.empty();
    };
  }

  /** A constant times one number for each index of an axis, the only copy. */
  private static Optional<WeightView> scaled(Node node, BlockedDraft draft) {
    Optional<Tensor> weight = draft.constant(node.input(0)).filter(ConstantWeights::isFloat);
    Optional<Tensor> factors = draft.constant(node.input(1)).filter(ConstantWeights::isFloat);
    if (weight.isEmpty()
        || factors.isEmpty()
        || weight.get().rank() != factors.get().rank()
        || weight.get().rank() == 0) {
      return Optional.empty();
    }
    long[] sizes = weight.get().sizes();
    int count = factors.get().elements();
    int axis = 0;
    while (axis < sizes.length - 1 && factors.get().sizes()[axis] == 1) {
      axis++;
    }
    if (count != sizes[axis] || factors.get().sizes()[axis] != count) {
      return Optional.empty();
    }
    int inner = Math.toIntExact(LongStream.of(sizes).skip(axis + 1L).reduce(1, (a, b) -> a * b));
    float[] elements = weight.get().toFloats();
    float[] scale = factors.get().toFloats();
    for (int i = 0; i < elements.length; i++) {
      elements[i] *= scale[i / inner % count];
    }
    return Optional.of(WeightView.of(Tensor.of(elements, sizes)));
  }

  private static boolean isFloat(Tensor tensor) {
    return tensor.type() == ElementType.FLOAT32;
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
