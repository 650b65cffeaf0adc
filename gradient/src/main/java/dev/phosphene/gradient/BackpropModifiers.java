package dev.phosphene.gradient;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;
import java.util.Set;

/**
 * Tables of rules in which every rectifying activation treats negative gradients differently. With
 * dy the gradient at the activation f(x):
 *
 * <ul>
 *   <li><em>guided</em> backpropagation gives {@code max(dy, 0) f'(x) [x > 0]} (Springenberg et
 *       al., arXiv 1412.6806);
 *   <li><em>rectified</em> backpropagation, the deconvolutional network, gives {@code max(dy, 0)}
 *       whatever x was (Zeiler and Fergus, arXiv 1311.2901).
 * </ul>
 *
 * <p>What that is for each activation that counts as a rectifier:
 *
 * <table>
 * <caption>Gradient at x where dy &gt; 0; it is zero elsewhere</caption>
 * <tr><th>activation</th><th>guided</th><th>rectified</th></tr>
 * <tr><td>Relu</td><td>dy where x &gt; 0</td><td>dy</td></tr>
 * <tr><td>Clip from 0 to c, such as ReLU6</td><td>dy where 0 &lt; x &lt; c</td><td>dy</td></tr>
 * <tr><td>Clip from 0 without maximum</td><td>dy where x &gt; 0</td><td>dy</td></tr>
 * <tr><td>ThresholdedRelu</td><td>dy where x &gt; max(alpha, 0)</td><td>dy</td></tr>
 * <tr><td>LeakyRelu, PRelu, Elu, Celu</td><td>dy where x &gt; 0</td><td>dy</td></tr>
 * <tr><td>Selu</td><td>gamma dy where x &gt; 0</td><td>dy</td></tr>
 * <tr><td>Softplus, HardSwish, Mish, Swish, Gelu, FastGelu, QuickGelu</td>
 *     <td>f'(x) dy where x &gt; 0</td><td>dy</td></tr>
 * </table>
 *
 * <p>A Clip with another minimum is no rectifier, and keeps its rule; so do sigmoids and tanh. An
 * activation that an exporter wrote as several operators, such as x * Sigmoid(x), is not
 * recognised. The other inputs, such as slopes of PRelu, keep their rule and get it with max(dy,
 * 0).
 */
public final class BackpropModifiers {
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

  private BackpropModifiers() {}

  /** Guided backpropagation: only positive gradients pass, and only through active units. */
  public static GradientRules guided(GradientRules rules) {
    return rules.with(
        BackpropModifiers::isCandidate,
        backward -> {
          if (!isRectifier(backward)) {
            original(rules, backward).apply(backward);
            return;
          }
          Value passed = backward.apply("Relu", backward.gradient());
          if (!vanishesBelowZero(backward)) {
            passed = backward.multiply(passed, Masks.positive(backward, preactivation(backward)));
          }
          original(rules, backward).apply(backward.withGradient(passed));
        });
  }

  /** Rectified backpropagation: only positive gradients pass, whatever the units' inputs were. */
  public static GradientRules rectified(GradientRules rules) {
    return rules.with(
        BackpropModifiers::isCandidate,
        backward -> {
          if (!isRectifier(backward)) {
            original(rules, backward).apply(backward);
            return;
          }
          Value passed = backward.apply("Relu", backward.gradient());
          backward.give(0, passed);
          if (backward.wants(1)) {
            original(rules, backward).apply(backward.withGradient(passed).without(0));
          }
        });
  }

  private static boolean isCandidate(Node node) {
    return RECTIFIERS.contains(node.type());
  }

  private static boolean isRectifier(Backward backward) {
    if (!backward.node().is("Clip")) {
      return true;
    }
    Optional<Tensor> minimum =
        backward.has(1) ? backward.constantOf(backward.input(1)) : Optional.empty();
    return minimum.isPresent() && minimum.get().elements() == 1 && minimum.get().getDouble(0) == 0;
  }

  private static GradientRule original(GradientRules rules, Backward backward) {
    return rules
        .find(backward.node())
        .orElseThrow(() -> new MissingGradientRuleException(backward.node()));
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
