package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * A number for each channel to multiply by, and one to add: {@code y = scale * x + shift}.
 *
 * @param scale one for each channel
 * @param shift one for each channel
 */
public record ChannelAffine(double[] scale, double[] shift) {

  boolean isFinite() {
    return Arrays.stream(scale).allMatch(Double::isFinite)
        && Arrays.stream(shift).allMatch(Double::isFinite);
  }

  boolean scales() {
    return Arrays.stream(scale).anyMatch(factor -> factor != 1);
  }

  /**
   * {@code (x - mean) / sqrt(variance + epsilon) * scale + bias} with constant statistics.
   *
   * @param constants gives what is constant by its name
   */
  public static Optional<ChannelAffine> ofBatchNormalization(
      Node node, Function<String, Optional<Tensor>> constants, int channels) {
    double[][] parameters = new double[4][];
    for (int i = 0; i < 4; i++) {
      Optional<Tensor> parameter = constants.apply(node.input(i + 1));
      if (parameter.isEmpty() || parameter.get().elements() != channels) {
        return Optional.empty();
      }
      parameters[i] = parameter.get().toDoubles();
    }
    double epsilon = node.attributes().real("epsilon", 1e-5);
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    for (int i = 0; i < channels; i++) {
      scale[i] = parameters[0][i] / Math.sqrt(parameters[3][i] + epsilon);
      shift[i] = parameters[1][i] - parameters[2][i] * scale[i];
    }
    return Optional.of(new ChannelAffine(scale, shift)).filter(ChannelAffine::isFinite);
  }

  /**
   * Add, Sub, Mul or Div of a value and a constant of one element or one for each channel.
   *
   * @param input the value, whose channels lie along axis 1
   */
  static Optional<ChannelAffine> ofArithmetic(Node node, Value input, Draft draft, int channels) {
    boolean first = node.input(0).equals(input.name());
    Optional<Tensor> constant = draft.constantOf(node.input(first ? 1 : 0));
    if (constant.isEmpty()) {
      return Optional.empty();
    }
    Optional<double[]> numbers = perChannel(constant.get(), input.rank(), channels);
    if (numbers.isEmpty()) {
      return Optional.empty();
    }
    double[] operand = numbers.get();
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    Arrays.fill(scale, 1);
    for (int i = 0; i < channels; i++) {
      switch (node.type().name()) {
        case "Add" -> shift[i] = operand[i];
        case "Sub" -> {
          scale[i] = first ? 1 : -1;
          shift[i] = first ? -operand[i] : operand[i];
        }
        case "Mul" -> scale[i] = operand[i];
        case "Div" -> scale[i] = first ? 1 / operand[i] : Double.NaN;
        default -> scale[i] = Double.NaN;
      }
    }
    return Optional.of(new ChannelAffine(scale, shift)).filter(ChannelAffine::isFinite);
  }

  /** The elements of a constant that broadcasts along axis 1 only, one for each channel. */
  private static Optional<double[]> perChannel(Tensor constant, int rank, int channels) {
    long[] sizes = constant.sizes();
    if (sizes.length > rank) {
      return Optional.empty();
    }
    for (int i = 0; i < sizes.length; i++) {
      boolean along = i + rank - sizes.length == 1;
      if (sizes[i] != 1 && !(along && sizes[i] == channels)) {
        return Optional.empty();
      }
    }
    double[] elements = constant.toDoubles();
    if (elements.length == channels) {
      return Optional.of(elements);
    }
    double[] repeated = new double[channels];
    Arrays.fill(repeated, elements[0]);
    return Optional.of(repeated);
  }
}
