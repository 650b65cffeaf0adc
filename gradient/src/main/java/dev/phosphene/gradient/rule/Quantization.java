package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Straight-through gradients of quantization, as PyTorch's fake quantization has them: rounding
 * counts as if it were not there, and beyond the range of the integers nothing flows (Bengio,
 * Leonard and Courville, "Estimating or Propagating Gradients Through Stochastic Neurons", 2013).
 * Scales and zero points get no gradient.
 */
final class Quantization {
  private Quantization() {}

  static List<GradientEntry> entries() {
    List<GradientEntry> entries = new ArrayList<>();
    entries.add(
        GradientEntry.straightThrough(OperatorType.of("QuantizeLinear"), Quantization::quantize));
    entries.add(
        GradientEntry.straightThrough(
            OperatorType.of("DequantizeLinear"), Quantization::dequantize));
    entries.add(
        GradientEntry.straightThrough(
            OperatorType.of("DynamicQuantizeLinear"), Quantization::quantizeDynamically));
    Stream.of("ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul")
        .map(OperatorType::of)
        .forEach(type -> entries.add(decomposed(type)));
    Stream.of(
            "DynamicQuantizeLSTM",
            "DynamicQuantizeMatMul",
            "MatMulInteger16",
            "MatMulIntegerToFloat",
            "QGemm",
            "QAttention",
            "QLinearConv",
            "QLinearWhere",
            "QLinearSoftmax",
            "QLinearAveragePool",
            "QLinearAdd",
            "QLinearMul",
            "QLinearSigmoid",
            "QLinearLeakyRelu",
            "QLinearGlobalAveragePool",
            "QLinearConcat")
        .map(Contributed::type)
        .forEach(type -> entries.add(decomposed(type)));
    return entries;
  }

  private static GradientEntry decomposed(OperatorType type) {
    return GradientEntry.straightThrough(type, DecomposedRule.of(type));
  }

  /** y = round(x / scale) + zero point, within the range of its integers. */
  private static void quantize(Backward backward) {
    Value x = backward.input(0);
    Value scale = stretched(backward, backward.input(1), x);
    Value steps = backward.divide(x, scale);
    if (backward.has(2)) {
      Value zero = backward.cast(backward.input(2), x.type());
      steps = backward.add(steps, stretched(backward, zero, x));
    }
    double[] range = range(backward, backward.output().type());
    Value fromCentre = backward.absolute(backward.add(steps, -(range[0] + range[1]) / 2));
    double half = (range[1] - range[0] + 1) / 2; // what still rounds to the last integer
    Value inside =
        backward.indicator(backward.less(fromCentre, backward.scalarLike(fromCentre, half)), scale);
    backward.give(0, backward.multiply(backward.divide(backward.gradient(), scale), inside));
  }

  private static double[] range(Backward backward, ElementType type) {
    return switch (type) {
      case INT8 -> new double[] {-128, 127};
      case UINT8 -> new double[] {0, 255};
      case INT16 -> new double[] {-32768, 32767};
      case UINT16 -> new double[] {0, 65535};
      case INT32 -> new double[] {Integer.MIN_VALUE, Integer.MAX_VALUE};
      default ->
          throw backward.error("a gradient through integers of type " + type + " is not supported");
    };
  }

  /** x = (q - zero point) * scale. */
  private static void dequantize(Backward backward) {
    Value scale = stretched(backward, backward.input(1), backward.input(0));
    backward.give(0, backward.multiply(backward.gradient(), scale));
  }

  /** The scale follows from the range of x, so that nothing lies beyond; it counts as fixed. */
  private static void quantizeDynamically(Backward backward) {
    backward
        .gradient(0)
        .ifPresent(gradient -> backward.give(0, backward.divide(gradient, backward.output(1))));
  }

  /** Scales for all elements, for each index along an axis, or for each block along it. */
  private static Value stretched(Backward backward, Value scale, Value like) {
    long[] given = backward.sizes(scale);
    long[] sizes = backward.sizes(like);
    if (given.length == 0) {
      return scale;
    }
    long position = backward.attributes().integer("axis", 1);
    int axis = (int) (position < 0 ? position + sizes.length : position);
    long block = backward.attributes().integer("block_size", 0);
    if (given.length == 1 && block == 0) {
      long[] column = new long[given[0] == 1 ? 1 : sizes.length - axis];
      Arrays.fill(column, 1);
      column[0] = given[0];
      return backward.reshape(scale, column);
    }
    long[] repeated = Arrays.copyOf(given, given.length + 1);
    System.arraycopy(given, axis + 1, repeated, axis + 2, given.length - axis - 1);
    repeated[axis + 1] = block;
    long[] whole = given.clone();
    whole[axis] = given[axis] * block;
    Value wide = backward.expand(backward.unsqueeze(scale, axis + 1), repeated);
    return backward.slice(backward.reshape(wide, whole), axis, 0, sizes[axis]);
  }
}
