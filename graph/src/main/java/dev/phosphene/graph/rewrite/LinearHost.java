package dev.phosphene.graph.rewrite;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * A convolution or matrix product that can take a scale and shift of its output channels into its
 * weight and bias.
 *
 * <p>The scaled weight is written as a product in the graph, which the runtime computes once when
 * it compiles: a large weight is not copied here.
 *
 * @param node Conv, ConvTranspose without groups, Gemm or MatMul
 * @param channels of its output
 * @param weightAxis axis of the weight along which output channels lie
 * @param bias for each channel; zeros where it has none
 */
record LinearHost(Node node, int channels, int weightAxis, double[] bias) {
  /** Weights above this many elements are not looked at. */
  private static final int LARGEST_BIAS = 1 << 20;

  /** The node that gives a value, if it can take a scale and shift, and nobody else reads it. */
  static Optional<LinearHost> behind(String value, Draft draft) {
    if (!draft.isReadOnce(value)) {
      return Optional.empty();
    }
    return draft.producer(value).flatMap(node -> of(node, draft));
  }

  private static Optional<LinearHost> of(Node node, Draft draft) {
    Value weight = draft.value(node.input(1));
    boolean floating = weight.type() == ElementType.FLOAT32 || weight.type() == ElementType.FLOAT64;
    if (!node.type().domain().isEmpty() || !floating || !weight.shape().isStatic()) {
      return Optional.empty();
    }
    return switch (node.type().name()) {
      case "Conv" -> of(node, draft, weight, 0);
      case "ConvTranspose" ->
          node.attributes().integer("group", 1) == 1
              ? of(node, draft, weight, 1)
              : Optional.empty();
      case "Gemm" -> of(node, draft, weight, node.attributes().flag("transB", false) ? 0 : 1);
      case "MatMul" ->
          weight.rank() == 2
                  && draft.value(node.output(0)).shape().isRankKnown()
                  && draft.value(node.output(0)).rank() == 2
              ? of(node, draft, weight, 1)
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<LinearHost> of(Node node, Draft draft, Value weight, int weightAxis) {
    long channels = weight.rank() > weightAxis ? weight.size(weightAxis) : 0;
    boolean plain =
        draft.constantOf(weight).isPresent() || draft.producer(weight.name()).isPresent();
    if (channels <= 0 || channels > LARGEST_BIAS || !plain) {
      return Optional.empty();
    }
    double[] bias = new double[(int) channels];
    if (node.hasInput(2)) {
      Optional<Tensor> constant = draft.constantOf(node.input(2));
      if (constant.isEmpty() || !isVector(constant.get(), bias.length)) {
        return Optional.empty();
      }
      double[] given = constant.get().toDoubles();
      double beta = node.is("Gemm") ? node.attributes().real("beta", 1) : 1;
      Arrays.setAll(bias, i -> beta * given[given.length == 1 ? 0 : i]);
    }
    return Optional.of(new LinearHost(node, bias.length, weightAxis, bias));
  }

  /** Whether a bias is one element or one for each channel along its last axis. */
  private static boolean isVector(Tensor bias, int channels) {
    return bias.elements() == 1
        || (bias.elements() == channels && bias.sizes()[bias.rank() - 1] == channels);
  }

  /** Gives the outputs of a node that scales and shifts this one's output, in one node. */
  void give(Node replaced, ChannelAffine affine, Draft draft) {
    Value input = draft.value(node.input(0));
    Value weight = draft.value(node.input(1));
    ElementType type = weight.type();
    Value scaled = weight;
    if (affine.scales()) {
      long[] sizes = new long[weight.rank()];
      Arrays.fill(sizes, 1);
      sizes[weightAxis] = channels;
      scaled =
          draft.multiply(weight, draft.constant(Tensor.converted(type, affine.scale(), sizes)));
    }
    double[] shifted = new double[channels];
    Arrays.setAll(shifted, i -> bias[i] * affine.scale()[i] + affine.shift()[i]);
    Value shift = draft.constant(Tensor.converted(type, shifted, channels));
    if (node.is("MatMul")) {
      draft.give(replaced, node, "Gemm", Attributes.none(), input, scaled, shift);
    } else {
      Attributes attributes = node.attributes().without("beta");
      draft.give(replaced, node, node.type().name(), attributes, input, scaled, shift);
    }
  }
}
