package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import java.util.Optional;

/**
 * Writes the gradient of {@code y = x s} with {@code s = Sigmoid(x)}, which exporters write as two
 * operators, in fewer passes over the elements: {@code dy s + (dy x) (s (1 - s))} as {@code dy (s
 * (1 + (x - y)))}.
 */
public final class MergeSwishGradient implements Rewrite {
  @Override
  public boolean apply(Node node, Draft draft) {
    return node.is("Add")
        && (merge(node, node.input(0), node.input(1), draft)
            || merge(node, node.input(1), node.input(0), draft));
  }

  /**
   * Merges a sum.
   *
   * @param direct perhaps dy s
   * @param throughSigmoid perhaps (dy x) (s (1 - s))
   */
  private static boolean merge(Node sum, String direct, String throughSigmoid, Draft draft) {
    Optional<Node> outer = product(throughSigmoid, draft);
    Optional<Node> scaled = outer.flatMap(node -> product(node.input(0), draft));
    Optional<Node> slope = outer.flatMap(node -> product(node.input(1), draft));
    Optional<Node> through = product(direct, draft);
    if (slope.isEmpty() || scaled.isEmpty() || through.isEmpty()) {
      return false;
    }
    String s = slope.get().input(0);
    Optional<Node> sigmoid = draft.producer(s).filter(node -> node.is("Sigmoid"));
    Optional<Node> rest = draft.producer(slope.get().input(1)).filter(node -> node.is("Sub"));
    if (sigmoid.isEmpty() || rest.filter(node -> isOneMinus(node, s, draft)).isEmpty()) {
      return false;
    }
    String x = sigmoid.get().input(0);
    Optional<String> y = draft.computed("Mul", x, s).or(() -> draft.computed("Mul", s, x));
    Optional<String> dy = other(scaled.get(), x).filter(found -> isOf(through.get(), found, s));
    if (y.isEmpty() || dy.isEmpty()) {
      return false;
    }
    Value difference = draft.subtract(draft.value(x), draft.value(y.get()));
    Value derivative = draft.multiply(draft.value(s), draft.add(difference, 1));
    draft.give(sum, "Mul", sum.attributes(), draft.value(dy.get()), derivative);
    return true;
  }

  private static Optional<Node> product(String value, Draft draft) {
    return draft.producer(value).filter(node -> node.is("Mul"));
  }

  private static boolean isOneMinus(Node difference, String value, Draft draft) {
    return difference.input(1).equals(value)
        && draft
            .constantOf(difference.input(0))
            .filter(one -> one.elements() == 1 && one.getDouble(0) == 1)
            .isPresent();
  }

  /** The operand of a product that is not this one. */
  private static Optional<String> other(Node product, String operand) {
    if (product.input(1).equals(operand)) {
      return Optional.of(product.input(0));
    }
    return product.input(0).equals(operand) ? Optional.of(product.input(1)) : Optional.empty();
  }

  private static boolean isOf(Node product, String a, String b) {
    return (product.input(0).equals(a) && product.input(1).equals(b))
        || (product.input(0).equals(b) && product.input(1).equals(a));
  }
}
