package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;

/**
 * Writes powers with small whole exponents, such as those of an L-p norm and its gradient, as
 * products, which the runtime computes tens of times faster.
 */
public final class ExpandPower implements Rewrite {
  private static final int LARGEST_EXPONENT = 16;

  @Override
  public boolean apply(Node node, Draft draft) {
    if (!node.is("Pow") || !draft.value(node.input(0)).type().isFloating()) {
      return false;
    }
    int exponent = draft.constantOf(node.input(1)).flatMap(ExpandPower::whole).orElse(0);
    if (exponent < 2 || draft.value(node.input(1)).rank() > draft.value(node.input(0)).rank()) {
      return false;
    }
    Value base = draft.value(node.input(0));
    Value half = power(base, exponent / 2, draft);
    Value other = exponent % 2 == 0 ? half : draft.multiply(half, base);
    draft.give(node, "Mul", Attributes.none(), half, other);
    return true;
  }

  private static Value power(Value base, int exponent, Draft draft) {
    if (exponent == 1) {
      return base;
    }
    Value half = power(base, exponent / 2, draft);
    Value square = draft.multiply(half, half);
    return exponent % 2 == 0 ? square : draft.multiply(square, base);
  }

  private static Optional<Integer> whole(Tensor exponent) {
    if (exponent.elements() != 1) {
      return Optional.empty();
    }
    double value = exponent.getDouble(0);
    return value == Math.rint(value) && Math.abs(value) <= LARGEST_EXPONENT
        ? Optional.of((int) value)
        : Optional.empty();
  }
}
