package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * Operators on quantized numbers as the same on floating numbers, between DequantizeLinear and
 * QuantizeLinear. They differ from the originals by the last bit at most, which rounds elsewhere.
 */
final class QuantizedOperators {
  private QuantizedOperators() {}

  static Map<OperatorType, Decomposition> rows() {
    Map<OperatorType, Decomposition> rows = new LinkedHashMap<>();
    rows.put(OperatorType.of("ConvInteger"), QuantizedOperators::integerConvolution);
    rows.put(OperatorType.of("MatMulInteger"), QuantizedOperators::integerProduct);
    rows.put(OperatorType.of("QLinearConv"), QuantizedOperators::convolution);
    rows.put(OperatorType.of("QLinearMatMul"), node -> combined(node, node::matrixMultiply));
    rows.put(type("DynamicQuantizeMatMul"), QuantizedOperators::dynamicProduct);
    rows.put(type("MatMulIntegerToFloat"), QuantizedOperators::floatingProduct);
    rows.put(type("MatMulInteger16"), QuantizedOperators::integerProduct);
    rows.put(type("QGemm"), QuantizedOperators::gemm);
    rows.put(type("QLinearConv"), QuantizedOperators::convolution);
    rows.put(type("QLinearWhere"), QuantizedOperators::choice);
    rows.put(type("QLinearSoftmax"), node -> mapped(node, x -> softmax(node, x)));
    rows.put(type("QLinearAveragePool"), QuantizedOperators::averages);
    rows.put(type("QLinearAdd"), node -> combined(node, node::add));
    rows.put(type("QLinearMul"), node -> combined(node, node::multiply));
    rows.put(type("QLinearSigmoid"), node -> mapped(node, node::sigmoid));
    rows.put(
        type("QLinearLeakyRelu"),
        node -> mapped(node, x -> node.apply("LeakyRelu", node.attributes(), x)));
    rows.put(type("QLinearGlobalAveragePool"), QuantizedOperators::pool);
    rows.put(type("QLinearConcat"), QuantizedOperators::concatenate);
    return rows;
  }

  private static OperatorType type(String operator) {
    return new OperatorType("com.microsoft", operator);
  }

  /** The floating numbers that an input stands for; its scale and zero point follow it. */
  private static Value floating(Composite node, int input, int axis) {
    return node.apply(
        "DequantizeLinear",
        Attributes.of("axis", axis),
        node.input(input),
        node.input(input + 1),
        node.input(input + 2));
  }

  private static List<Value> quantized(Composite node, Value result, int scale) {
    Value zero = node.input(scale + 1);
    ElementType type = node.input(0).type();
    if (zero.isPresent() || type == ElementType.UINT8 || type.isFloating()) {
      return List.of(node.apply("QuantizeLinear", result, node.input(scale), zero));
    }
    Value none = node.scalar(type, 0);
    return List.of(node.apply("QuantizeLinear", result, node.input(scale), none));
  }

  private static List<Value> combined(Composite node, BinaryOperator<Value> operator) {
    Value a = floating(node, 0, node.sizes(node.input(0)).length - 2);
    Value b = floating(node, 3, node.sizes(node.input(3)).length - 1);
    return quantized(node, operator.apply(a, b), 6);
  }

  private static List<Value> mapped(Composite node, UnaryOperator<Value> operator) {
    return quantized(node, operator.apply(floating(node, 0, 0)), 3);
  }

  private static List<Value> convolution(Composite node) {
    boolean channelsLast = node.attributes().flag("channels_last", false);
    Attributes attributes = node.attributes().without("channels_last");
    Value x = floating(node, channelsLast ? channelsSecond(node, node.input(0)) : node.input(0));
    Value weights = floating(node, 3, 0);
    Value product;
    if (node.has(8)) {
      // The bias is in steps of the input's times the weights' scale.
      Value step = node.multiply(node.input(1), node.input(4));
      Value bias = node.multiply(node.cast(node.input(8), step.type()), step);
      product = node.apply("Conv", attributes, x, weights, bias);
    } else {
      product = node.apply("Conv", attributes, x, weights);
    }
    Value result = quantized(node, product, 6).get(0);
    return List.of(channelsLast ? channelsLast(node, result) : result);
  }

  /** {@code [N, D1, ..., C]} to {@code [N, C, D1, ...]}. */
  private static Value channelsSecond(Composite node, Value x) {
    int[] order = new int[x.rank()];
    Arrays.setAll(order, axis -> axis < 2 ? axis * (order.length - 1) : axis - 1);
    return node.transpose(x, order);
  }

  /** {@code [N, C, D1, ...]} to {@code [N, D1, ..., C]}. */
  private static Value channelsLast(Composite node, Value x) {
    int[] order = new int[x.rank()];
    Arrays.setAll(order, axis -> axis == 0 ? 0 : axis + 1);
    order[order.length - 1] = 1;
    return node.transpose(x, order);
  }

  private static List<Value> averages(Composite node) {
    boolean channelsLast = node.attributes().flag("channels_last", false);
    Attributes attributes = node.attributes().without("channels_last");
    Value x = floating(node, channelsLast ? channelsSecond(node, node.input(0)) : node.input(0));
    Value result = quantized(node, node.apply("AveragePool", attributes, x), 3).get(0);
    return List.of(channelsLast ? channelsLast(node, result) : result);
  }

  /** The floating numbers that the first input stands for, when it was moved. */
  private static Value floating(Composite node, Value moved) {
    return node.apply("DequantizeLinear", moved, node.input(1), node.input(2));
  }

  /** Before operator set 13 the softmax runs over all axes from one on. */
  private static Value softmax(Composite node, Value x) {
    long[] sizes = node.sizes(x);
    boolean flattens = node.attributes().integer("opset", 0) < 13;
    long axis = node.attributes().integer("axis", -1);
    if (!flattens) {
      return node.apply("Softmax", Attributes.of("axis", axis), x);
    }
    int first = (int) (axis < 0 ? axis + sizes.length : axis);
    long rows = 1;
    for (int i = 0; i < first; i++) {
      rows *= sizes[i];
    }
    Value flat = node.reshape(x, rows, rows == 0 ? 0 : node.elements(x) / rows);
    return node.reshape(node.apply("Softmax", Attributes.of("axis", 1), flat), sizes);
  }

  /** Inputs: condition, then two quantized ones, each with its scale and zero point. */
  private static List<Value> choice(Composite node) {
    Value chosen = node.where(node.input(0), floating(node, 1, 0), floating(node, 4, 0));
    return List.of(node.apply("QuantizeLinear", chosen, node.input(7), node.input(8)));
  }

  private static List<Value> integerConvolution(Composite node) {
    Value x = shifted(node, 0, 2, 0);
    Value weights = shifted(node, 1, 3, node.sizes(node.input(1)).length - 1);
    return List.of(node.apply("Conv", node.attributes(), x, weights));
  }

  private static List<Value> integerProduct(Composite node) {
    return List.of(node.matrixMultiply(shifted(node, 0, 2, 1), shifted(node, 1, 3, 0)));
  }

  /** Inputs: floating a, quantized b, scale and zero point of b, bias; a is quantized first. */
  private static List<Value> dynamicProduct(Composite node) {
    List<Value> quantized =
        node.apply(
            OperatorType.of("DynamicQuantizeLinear"), 3, Attributes.none(), List.of(node.input(0)));
    Value a = node.apply("DequantizeLinear", quantized.get(0), quantized.get(1), quantized.get(2));
    return List.of(biased(node, node.matrixMultiply(a, floating(node, 1, 1)), 4));
  }

  /** Inputs: quantized a and b, their scales, their zero points, bias. */
  private static List<Value> floatingProduct(Composite node) {
    int last = node.sizes(node.input(1)).length - 1;
    Value a = node.apply("DequantizeLinear", node.input(0), node.input(2), node.input(4));
    Value b =
        node.apply(
            "DequantizeLinear",
            Attributes.of("axis", last),
            node.input(1),
            node.input(3),
            node.input(5));
    return List.of(biased(node, node.matrixMultiply(a, b), 6));
  }

  private static Value biased(Composite node, Value product, int bias) {
    return node.has(bias) ? node.add(product, node.input(bias)) : product;
  }

  /** The bias is in steps of alpha times the scales of a and b. */
  private static List<Value> gemm(Composite node) {
    boolean transposed = node.attributes().flag("transB", false);
    List<Value> operands = new ArrayList<>();
    operands.add(floating(node, 0, 0));
    operands.add(floating(node, 3, transposed ? 0 : 1));
    if (node.has(6)) {
      Value step = node.multiply(node.input(1), node.input(4));
      Value alpha = node.scalarLike(step, node.attributes().real("alpha", 1));
      Value bias = node.cast(node.input(6), step.type());
      operands.add(node.multiply(bias, node.multiply(step, alpha)));
    }
    Value result = node.apply("Gemm", node.attributes(), operands.toArray(Value[]::new));
    return node.has(7) ? quantized(node, result, 7) : List.of(result);
  }

  /** An input as floating numbers, less its zero point, behind which so many axes follow. */
  private static Value shifted(Composite node, int input, int zeroPoint, int following) {
    Value x = node.cast(node.input(input), ElementType.FLOAT32);
    if (!node.has(zeroPoint)) {
      return x;
    }
    Value zero = node.cast(node.input(zeroPoint), x.type());
    long[] sizes = node.sizes(zero);
    if (sizes.length == 1 && sizes[0] > 1 && following > 0) {
      long[] column = new long[following + 1];
      Arrays.fill(column, 1);
      column[0] = sizes[0];
      zero = node.reshape(zero, column);
    }
    return node.subtract(x, zero);
  }

  private static List<Value> pool(Composite node) {
    Value x = floating(node, 0, 0);
    long[] axes = node.axesFrom(x, 2);
    if (node.attributes().flag("channels_last", false)) {
      axes = new long[x.rank() - 2];
      Arrays.setAll(axes, i -> i + 1);
    }
    return quantized(node, node.reduceMean(x, true, axes), 3);
  }

  /** Inputs: scale and zero point of the result, then each part with its own. */
  private static List<Value> concatenate(Composite node) {
    List<Value> parts = new ArrayList<>();
    for (int input = 2; input < node.inputs(); input += 3) {
      parts.add(floating(node, input, 0));
    }
    int axis = (int) node.attributes().integer("axis", 0);
    return quantized(node, node.concatenate(axis, parts), 0);
  }
}
