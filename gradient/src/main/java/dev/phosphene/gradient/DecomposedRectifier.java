package dev.phosphene.gradient;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A rectifying activation that an exporter wrote as several operators: the product of x and a gate
 * that opens with x, such as {@code x * Sigmoid(x)} (SiLU), {@code 0.5 x * (1 + Erf(x / sqrt(2)))}
 * (Gelu) or {@code x * Tanh(Softplus(x))} (Mish), each factor perhaps times a number.
 *
 * @param factor which input of the product is x
 * @param x what the activation is a function of, numbers it is multiplied with left out
 * @param limit that the gate comes near to where x is large
 */
record DecomposedRectifier(int factor, Value x, double limit) {

  /** A value as a number times another one. */
  private record Scaled(Value value, double scale) {}

  /** Recognizes such an activation by the product that it ends in. */
  static Optional<DecomposedRectifier> endingAt(Backward backward) {
    if (!backward.node().is("Mul")) {
      return Optional.empty();
    }
    for (int factor = 0; factor < 2; factor++) {
      Scaled linear = unscaled(backward, backward.input(factor));
      Value x = linear.value();
      Scaled gate = unscaled(backward, backward.input(1 - factor));
      OptionalDouble limit = limit(backward, gate.value(), x);
      if (limit.isPresent() && linear.scale() > 0 && gate.scale() > 0) {
        return Optional.of(new DecomposedRectifier(factor, x, limit.getAsDouble() * gate.scale()));
      }
    }
    return Optional.empty();
  }

  /** What a gate of x comes near to where x is large; empty where a value is no gate of x. */
  private static OptionalDouble limit(Backward backward, Value gate, Value x) {
    Node node = backward.producer(gate).orElse(null);
    if (node == null || !node.type().domain().isEmpty()) {
      return OptionalDouble.empty();
    }
    Value argument = backward.value(node.input(0));
    boolean opens =
        switch (node.type().name()) {
          case "Sigmoid", "HardSigmoid" -> isScaled(backward, argument, x);
          case "Clip" ->
              bound(backward, node, 1).equals(Optional.of(0.0)) && shifts(backward, argument, x);
          case "Tanh" -> isOf(backward, "Softplus", argument, x);
          case "Add" -> isOneMore(backward, node, x);
          default -> false;
        };
    if (!opens) {
      return OptionalDouble.empty();
    }
    return switch (node.type().name()) {
      case "Add" -> OptionalDouble.of(2);
      case "Clip" ->
          bound(backward, node, 2).map(OptionalDouble::of).orElse(OptionalDouble.empty());
      default -> OptionalDouble.of(1);
    };
  }

  /** 1 + Erf(c x), or 1 + Tanh(c (x + d x^3)). */
  private static boolean isOneMore(Backward backward, Node sum, Value x) {
    for (int i = 0; i < 2; i++) {
      Value other = backward.value(sum.input(i));
      Node node = backward.producer(other).orElse(null);
      if (node != null && number(backward, sum.input(1 - i)).equals(Optional.of(1.0))) {
        Value argument = backward.value(node.input(0));
        return (node.is("Erf") && isScaled(backward, argument, x))
            || (node.is("Tanh") && adds(backward, unscaled(backward, argument).value(), x));
      }
    }
    return false;
  }

  private static boolean isScaled(Backward backward, Value value, Value x) {
    Scaled scaled = unscaled(backward, value);
    return scaled.value().equals(x) && scaled.scale() > 0;
  }

  private static boolean isOf(Backward backward, String operator, Value value, Value x) {
    return backward
        .producer(value)
        .filter(node -> node.is(operator) && node.input(0).equals(x.name()))
        .isPresent();
  }

  /** x plus something that is a function of x alone: a number, or a multiple of a power of x. */
  private static boolean adds(Backward backward, Value value, Value x) {
    Node sum = backward.producer(value).filter(node -> node.is("Add")).orElse(null);
    if (sum == null || !sum.inputs().contains(x.name())) {
      return false;
    }
    String other = sum.input(0).equals(x.name()) ? sum.input(1) : sum.input(0);
    Value power = unscaled(backward, backward.value(other)).value();
    return backward
        .producer(power)
        .filter(node -> node.is("Pow") || node.is("Mul"))
        .filter(node -> node.inputs().contains(x.name()))
        .isPresent();
  }

  private static boolean shifts(Backward backward, Value value, Value x) {
    return backward
        .producer(value)
        .filter(node -> node.is("Add") && node.inputs().contains(x.name()))
        .filter(
            node ->
                number(backward, node.input(0)).isPresent()
                    || number(backward, node.input(1)).isPresent())
        .isPresent();
  }

  /** Takes a multiplication with a number, or a division by one, off a value. */
  private static Scaled unscaled(Backward backward, Value value) {
    Node node = backward.producer(value).orElse(null);
    if (node != null && (node.is("Mul") || node.is("Div"))) {
      Optional<Double> right = number(backward, node.input(1));
      if (right.isPresent()) {
        double scale = node.is("Mul") ? right.get() : 1 / right.get();
        return new Scaled(backward.value(node.input(0)), scale);
      }
      Optional<Double> left = number(backward, node.input(0));
      if (left.isPresent() && node.is("Mul")) {
        return new Scaled(backward.value(node.input(1)), left.get());
      }
    }
    return new Scaled(value, 1);
  }

  private static Optional<Double> bound(Backward backward, Node clip, int input) {
    return clip.hasInput(input) ? number(backward, clip.input(input)) : Optional.empty();
  }

  private static Optional<Double> number(Backward backward, String value) {
    Optional<Tensor> constant = backward.constantOf(backward.value(value));
    return constant.filter(tensor -> tensor.elements() == 1).map(tensor -> tensor.getDouble(0));
  }
}
