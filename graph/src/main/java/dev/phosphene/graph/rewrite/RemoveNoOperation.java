package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * Removes nodes that give what they get: Identity, Dropout (which does nothing at inference), Cast
 * to the same type, reshaping to the same shape, Transpose to the same order, Pad by nothing, and
 * joining a single value.
 */
public final class RemoveNoOperation implements Rewrite {
  @Override
  public boolean apply(Node node, Draft draft) {
    boolean removable =
        node.type().domain().isEmpty()
            && node.hasInput(0)
            && !draft.isKept(node.output(0))
            && doesNothing(node, draft);
    if (removable) {
      draft.redirect(node.output(0), node.input(0));
    }
    return removable;
  }

  private static boolean doesNothing(Node node, Draft draft) {
    Value input = draft.value(node.input(0));
    return switch (node.type().name()) {
      case "Identity" -> true;
      case "Dropout" -> isInference(node, draft);
      case "Cast" ->
          input.type() != ElementType.UNKNOWN
              && node.attributes().integer("to", 0) == Emitter.onnxCode(input.type());
      case "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand" -> keepsShape(node, draft);
      case "Transpose" -> Permutation.of(node, draft).map(Permutation::isIdentity).orElse(false);
      case "Pad" -> padsNothing(node, draft);
      case "Concat", "Sum", "Max", "Min", "Mean" -> node.inputs().size() == 1;
      default -> false;
    };
  }

  private static boolean isInference(Node node, Draft draft) {
    if (node.hasInput(2)) {
      Optional<Tensor> training = draft.constantOf(node.input(2));
      if (training.isEmpty() || training.get().elements() != 1 || training.get().getLong(0) != 0) {
        return false;
      }
    }
    String mask = node.output(1);
    return mask.isEmpty() || draft.isUnread(mask);
  }

  /** Whether output and input have the same shape, so that no element moves. */
  private static boolean keepsShape(Node node, Draft draft) {
    Value input = draft.value(node.input(0));
    Value output = draft.inferred(node);
    return input.shape().isStatic() && input.shape().equals(output.shape());
  }

  private static boolean padsNothing(Node node, Draft draft) {
    Optional<Tensor> pads = draft.constantOf(node.input(1));
    return pads.isPresent() && Arrays.stream(pads.get().toLongs()).allMatch(pad -> pad == 0);
  }
}
