package dev.phosphene.gradient;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;
import java.util.Set;

/**
 * Tables of rules in which every rectifying activation treats negative gradients differently;
 * {@link BackpropModifier} says what that is for each.
 */
final class RectifierRules {
  private static final String CONTRIBUTED = "com.microsoft";

  private static final Set<OperatorType> RECTIFIERS =
      Set.of(
          OperatorType.of("Relu"),
          OperatorType.of("Clip"),
          OperatorType.of("ThresholdedRelu"),
          OperatorType.of("LeakyRelu"),
          OperatorType.of("PRelu"),
          OperatorType.of("Elu"),
          OperatorType.of("Celu"),
          OperatorType.of("Selu"),
          OperatorType.of("Softplus"),
          OperatorType.of("HardSwish"),
          OperatorType.of("Mish"),
          OperatorType.of("Swish"),
          OperatorType.of("Gelu"),
          new OperatorType(CONTRIBUTED, "Gelu"),
          new OperatorType(CONTRIBUTED, "FastGelu"),
          new OperatorType(CONTRIBUTED, "QuickGelu"));

  private RectifierRules() {}

  static GradientRules guided(GradientRules rules) {
    return rules.with(
        RectifierRules::isCandidate,
        backward -> {
          Optional<DecomposedRectifier> decomposed = DecomposedRectifier.endingAt(backward);
          if (decomposed.isEmpty() && !isRectifier(backward)) {
            rules.rule(backward.node()).apply(backward);
            return;
          }
          Value passed = backward.apply("Relu", backward.gradient());
          if (!vanishesBelowZero(backward)) {
            // All parts of a decomposed activation work on single elements: the mask may come last.
            Value x =
                decomposed.map(DecomposedRectifier::x).orElseGet(() -> preactivation(backward));
            passed = backward.multiply(passed, Masks.positive(backward, x));
          }
          rules.rule(backward.node()).apply(backward.withGradient(passed));
        });
  }

  static GradientRules rectified(GradientRules rules) {
    return rules.with(
        RectifierRules::isCandidate,
        backward -> {
          Optional<DecomposedRectifier> decomposed = DecomposedRectifier.endingAt(backward);
          if (decomposed.isPresent()) {
            Value passed = backward.apply("Relu", backward.gradient());
            // As if the gate were fully open; numbers before and after cancel its limit out.
            double limit = decomposed.get().limit();
            backward.give(
                decomposed.get().factor(), limit == 1 ? passed : backward.multiply(passed, limit));
            return;
          }
          if (!isRectifier(backward)) {
            rules.rule(backward.node()).apply(backward);
            return;
          }
          Value passed = backward.apply("Relu", backward.gradient());
          backward.give(0, passed);
          if (backward.wants(1)) {
            rules.rule(backward.node()).apply(backward.withGradient(passed).without(0));
          }
        });
  }

  /** Whether a node may be a rectifier, or the product that a decomposed one ends in. */
  private static boolean isCandidate(Node node) {
    return node.is("Mul") || RECTIFIERS.contains(node.type());
  }

  private static boolean isRectifier(Backward backward) {
    if (!backward.node().is("Clip")) {
      return !backward.node().is("Mul");
    }
    Optional<Tensor> minimum =
        backward.has(1) ? backward.constantOf(backward.input(1)) : Optional.empty();
    return minimum.isPresent() && minimum.get().elements() == 1 && minimum.get().getDouble(0) == 0;
  }

  /** What the activation is a function of: FastGelu may add a bias to its input first. */
  private static Value preactivation(Backward backward) {
    boolean isBiased = backward.node().type().name().equals("FastGelu") && backward.has(1);
    Value x = backward.input(0);
    return isBiased ? backward.add(x, backward.input(1)) : x;
  }

  /** Whether the derivative of the activation is zero below zero, so that no mask is needed. */
  private static boolean vanishesBelowZero(Backward backward) {
    return backward.node().is("Relu");
  }
}
