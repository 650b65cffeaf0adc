package dev.phosphene.model;

import dev.phosphene.graph.PhospheneException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a layer may end in; {@link Model#withActivation} exchanges it. Names and constants are those
 * of {@code keras.activations} (Keras 3).
 */
public enum Activation {
  /** f(x) = x. */
  LINEAR,
  /** max(x, 0). */
  RELU,
  /** min(max(x, 0), 6). */
  RELU6,
  /** x where x is above 0, else 0.2 x: Keras' function; its layer LeakyReLU has 0.3. */
  LEAKY_RELU,
  /** x where x is above 0, else exp(x) - 1 (Clevert et al., arXiv 1511.07289). */
  ELU,
  /** 1.0507 x where x is above 0, else 1.7581 (exp(x) - 1) (Klambauer et al., arXiv 1706.02515). */
  SELU,
  /** log(1 + exp(x)). */
  SOFTPLUS,
  /** x / (1 + |x|). */
  SOFTSIGN,
  /** tanh(x). */
  TANH,
  /** 1 / (1 + exp(-x)). */
  SIGMOID,
  /** min(max(x / 6 + 1/2, 0), 1), as Keras 3 and PyTorch have it; Keras 2 had x / 5 + 1/2. */
  HARD_SIGMOID,
  /** x times the normal distribution's cumulative function (arXiv 1606.08415), not approximated. */
  GELU,
  /** x sigmoid(x), also called swish (Ramachandran et al., arXiv 1710.05941). */
  SILU,
  /** x hard_sigmoid(x), also called hard_swish (Howard et al., arXiv 1905.02244). */
  HARD_SILU,
  /** x tanh(softplus(x)) (Misra, arXiv 1908.08681). */
  MISH,
  /** exp(x). */
  EXPONENTIAL,
  /** exp(x) divided by its sum over the layer's filters. */
  SOFTMAX;

  /**
   * The activation of this name, in letters of any case. Other names are {@code swish} for {@code
   * silu} and {@code hard_swish} for {@code hard_silu}.
   *
   * @throws PhospheneException where there is none; the message lists them
   */
  public static Activation named(String name) {
    String wanted = name.strip().toUpperCase(Locale.ROOT).replace("SWISH", "SILU");
    for (Activation each : values()) {
      if (each.name().equals(wanted)) {
        return each;
      }
    }
    throw new PhospheneException(
        "No activation is called \"%s\"; expected one of %s"
            .formatted(
                name,
                Arrays.stream(values())
                    .map(Activation::toString)
                    .collect(Collectors.joining(", "))));
  }

  /** The name as {@link #named} takes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
