package dev.phosphene.gradient;

import dev.phosphene.graph.PhospheneException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Another way to go back through a network: takes the rules of differentiation and exchanges some.
 * One of one's own is a lambda. Half of the gradient at every Relu, active or not:
 *
 * <pre>{@code
 * BackpropModifier half =
 *     rules -> rules.with("Relu", backward ->
 *         backward.give(0, backward.multiply(backward.gradient(), 0.5)));
 * }</pre>
 *
 * <p>The rule that was there before stays at hand, to be applied to another gradient ({@link
 * Backward#withGradient}), or to have its results changed ({@link Backward#withResult}). Half of
 * the true gradient:
 *
 * <pre>{@code
 * BackpropModifier halved =
 *     rules -> rules.with("Relu", backward ->
 *         rules.rule(backward.node())
 *             .apply(backward.withResult(result -> backward.multiply(result, 0.5))));
 * }</pre>
 *
 * <p>The named modifiers treat negative gradients at rectifying activations differently. With dy
 * the gradient at the activation f(x):
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
 * <p>A Clip with another minimum is no rectifier, and keeps its rule; so do sigmoids and tanh. The
 * other inputs, such as slopes of PRelu, keep their rule and get it with max(dy, 0).
 *
 * <p>Gelu, SiLU (Swish), Mish and HardSwish that an exporter wrote as several operators are
 * recognised as the product of x and its gate, such as {@code x * Sigmoid(x)}; other decomposed
 * activations are not.
 */
@FunctionalInterface
public interface BackpropModifier {
  /** The true gradient. */
  BackpropModifier NONE = Named.NONE;

  /** Guided backpropagation: only positive gradients pass, and only through active units. */
  BackpropModifier GUIDED = Named.GUIDED;

  /** Rectified backpropagation: only positive gradients pass, whatever the units' inputs were. */
  BackpropModifier RECTIFIED = Named.RECTIFIED;

  /** A table in which some rules were exchanged. */
  GradientRules modify(GradientRules rules);

  /**
   * The modifier of this name, in letters of any case: {@code none}, {@code guided} or {@code
   * rectified}, which keras-vis also calls {@code deconv} and {@code relu}.
   *
   * @throws PhospheneException where there is none; the message lists them
   */
  static Named named(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "none" -> Named.NONE;
      case "guided" -> Named.GUIDED;
      case "rectified", "deconv", "relu" -> Named.RECTIFIED;
      default ->
          throw new PhospheneException(
              "No backprop modifier is called \"%s\"; expected one of %s (deconv and relu are"
                      .formatted(name, Named.list())
                  + " rectified)");
    };
  }

  /** The modifiers that have a name, so that a run with one can be written down and repeated. */
  enum Named implements BackpropModifier {
    NONE {
      @Override
      public GradientRules modify(GradientRules rules) {
        return rules;
      }
    },
    GUIDED {
      @Override
      public GradientRules modify(GradientRules rules) {
        return RectifierRules.guided(rules);
      }
    },
    RECTIFIED {
      @Override
      public GradientRules modify(GradientRules rules) {
        return RectifierRules.rectified(rules);
      }
    };

    /** The name as {@link BackpropModifier#named} takes it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static String list() {
      return Arrays.stream(values()).map(Named::toString).collect(Collectors.joining(", "));
    }
  }
}
