package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes {@code 0.5 x (1 + Erf(x / sqrt(2)))}, which exporters write as five operators, as one
 * Gelu: one pass over the elements, and of what the gradient needs only x is kept.
 */
public final class MergeGelu implements Rewrite {
  /** Exporters write constants in float32. */
  private static final double TOLERANCE = 1e-6;

  /** Products of x, of 1 + Erf, and of numbers, in any order. */
  private static final int MOST_FACTORS = 4;

  /** A value as a number times another one. */
  private record Scaled(String value, double scale) {}

  @Override
  public boolean apply(Node node, Draft draft) {
    if (!node.is("Mul") || draft.inferred(node).type() != ElementType.FLOAT32) {
      return false;
    }
    List<String> factors = new ArrayList<>();
    double scale = factors(node, draft, factors);
    if (factors.size() != 2 || !isNear(scale, 0.5)) {
      return false;
    }
    return give(node, factors.get(0), factors.get(1), draft)
        || give(node, factors.get(1), factors.get(0), draft);
  }

  private static boolean give(Node node, String x, String gate, Draft draft) {
    Value input = draft.value(x);
    if (!isOneMoreThanErf(gate, x, draft) || !input.shape().equals(draft.inferred(node).shape())) {
      return false;
    }
    draft.give(node, "Gelu", Attributes.none(), input);
    return true;
  }

  /** Collects what is multiplied, through products that nobody else reads; returns the numbers. */
  private static double factors(Node product, Draft draft, List<String> factors) {
    double scale = 1;
    for (String input : product.inputs()) {
      Optional<Double> number = number(input, draft);
      Optional<Node> inner =
          draft
              .producer(input)
              .filter(node -> node.is("Mul") && draft.isReadOnce(input))
              .filter(node -> factors.size() < MOST_FACTORS);
      if (number.isPresent()) {
        scale *= number.get();
      } else if (inner.isPresent()) {
        scale *= factors(inner.get(), draft, factors);
      } else {
        factors.add(input);
      }
    }
    return scale;
  }

  private static boolean isOneMoreThanErf(String value, String x, Draft draft) {
    Optional<Node> sum = draft.producer(value).filter(node -> node.is("Add"));
    for (int i = 0; sum.isPresent() && i < 2; i++) {
      boolean isOne =
          number(sum.get().input(1 - i), draft).filter(number -> number == 1).isPresent();
      Optional<Scaled> argument =
          draft
              .producer(sum.get().input(i))
              .filter(node -> isOne && node.is("Erf"))
              .map(node -> scaled(node.input(0), draft));
      if (argument.isPresent()) {
        return argument.get().value().equals(x) && isNear(argument.get().scale(), Math.sqrt(0.5));
      }
    }
    return false;
  }

  private static Scaled scaled(String value, Draft draft) {
    Optional<Node> node = draft.producer(value);
    for (int i = 0; node.isPresent() && i < 2; i++) {
      boolean isDivision = node.get().is("Div") && i == 1;
      if (!isDivision && !node.get().is("Mul")) {
        continue;
      }
      Optional<Double> number = number(node.get().input(i), draft);
      if (number.isPresent()) {
        double scale = isDivision ? 1 / number.get() : number.get();
        return new Scaled(node.get().input(1 - i), scale);
      }
    }
    return new Scaled(value, 1);
  }

  private static Optional<Double> number(String value, Draft draft) {
    return draft
        .constantOf(value)
        .filter(constant -> constant.elements() == 1)
        .map((Tensor constant) -> constant.getDouble(0));
  }

  private static boolean isNear(double found, double wanted) {
    return Math.abs(found - wanted) <= TOLERANCE * wanted;
  }
}
