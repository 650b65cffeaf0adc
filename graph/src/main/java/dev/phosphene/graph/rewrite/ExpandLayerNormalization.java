package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.decomposition.Standardization;
import dev.phosphene.tensor.ElementType;
import java.util.Arrays;

/**
 * Writes LayerNormalization as what it consists of, which its gradient computes too, so that {@link
 * MergeEqual} leaves it there once.
 */
public final class ExpandLayerNormalization implements Rewrite {
  @Override
  public boolean apply(Node node, Draft draft) {
    if (!node.is("LayerNormalization") || !node.output(1).isEmpty() || !node.output(2).isEmpty()) {
      return false;
    }
    Value input = draft.value(node.input(0));
    if (input.type() != ElementType.FLOAT32 || !input.shape().isStatic()) {
      return false;
    }
    long[] sizes = input.shape().sizes();
    int axis = (int) node.attributes().integer("axis", -1);
    long rows =
        Arrays.stream(sizes, 0, axis < 0 ? axis + sizes.length : axis)
            .reduce(1, Math::multiplyExact);
    double epsilon = node.attributes().real("epsilon", 1e-5);
    Value z = draft.reshape(Standardization.of(draft, input, rows, epsilon).z(), sizes);
    Value scale = draft.value(node.input(1));
    if (node.hasInput(2)) {
      Value bias = draft.value(node.input(2));
      draft.give(node, "Add", Attributes.none(), draft.multiply(z, scale), bias);
    } else {
      draft.give(node, "Mul", Attributes.none(), z, scale);
    }
    return true;
  }
}
