package dev.phosphene.testkit;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.testkit.StraightThroughTest.Check;
import dev.phosphene.testkit.StraightThroughTest.Quantized;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Networks of quantized operators of ONNX Runtime's own domain, for {@link StraightThroughTest}.
 */
final class ContributedQuantization {
  private static final double STEP = 0x1p-5;

  private ContributedQuantization() {}

  private static Map<String, Check> products() {
    Map<String, Check> checks = new TreeMap<>();
    long[] sizes = {2, 3};
    checks.put(
        "com.microsoft.DynamicQuantizeMatMul",
        new Check(
            sizes,
            (g, x, q) ->
                g.apply("DynamicQuantizeMatMul", x, g.weights(3, 4), g.scale(), g.zero(), g.bias()),
            (g, x, q) ->
                g.builder()
                    .add(g.builder().matrixMultiply(x, g.dequantize(g.weights(3, 4))), g.bias())));
    checks.put(
        "com.microsoft.MatMulIntegerToFloat",
        new Check(
            sizes,
            (g, x, q) ->
                g.apply(
                    "MatMulIntegerToFloat",
                    q,
                    g.weights(3, 4),
                    g.scale(),
                    g.scale(),
                    g.zero(),
                    g.zero(),
                    g.bias()),
            (g, x, q) ->
                g.builder()
                    .add(g.builder().matrixMultiply(x, g.dequantize(g.weights(3, 4))), g.bias())));
    Attributes transposed = Attributes.of("transB", 1, "alpha", 0.5);
    checks.put(
        "com.microsoft.QGemm",
        new Check(
            sizes,
            (g, x, q) ->
                g.apply(
                    "QGemm",
                    transposed,
                    q,
                    g.scale(),
                    g.zero(),
                    g.weights(4, 3),
                    g.scale(),
                    g.zero()),
            (g, x, q) -> g.builder().apply("Gemm", transposed, x, g.dequantize(g.weights(4, 3)))));
    return checks;
  }

  static Map<String, Check> checks() {
    Map<String, Check> checks = new TreeMap<>();
    long[] sizes = {2, 3};
    for (String operator : List.of("Add", "Mul")) {
      checks.put(
          "com.microsoft.QLinear" + operator,
          new Check(
              sizes,
              (g, x, q) ->
                  g.dequantize(
                      g.apply(
                          "QLinear" + operator,
                          q,
                          g.scale(),
                          g.zero(),
                          g.weights(2, 3),
                          g.scale(),
                          g.zero(),
                          g.scale(),
                          g.zero())),
              (g, x, q) -> g.builder().apply(operator, x, g.dequantize(g.weights(2, 3)))));
    }
    checks.putAll(products());
    checks.put(
        "com.microsoft.QLinearSigmoid",
        new Check(
            sizes,
            (g, x, q) ->
                g.dequantize(
                    g.apply("QLinearSigmoid", q, g.scale(), g.zero(), g.scale(), g.zero())),
            (g, x, q) -> g.builder().sigmoid(x)));
    Attributes slope = Attributes.of("alpha", 0.25);
    checks.put(
        "com.microsoft.QLinearLeakyRelu",
        new Check(
            sizes,
            (g, x, q) ->
                g.dequantize(
                    g.apply(
                        "QLinearLeakyRelu", slope, q, g.scale(), g.zero(), g.scale(), g.zero())),
            (g, x, q) -> g.builder().apply("LeakyRelu", slope, x)));
    checks.put(
        "com.microsoft.QLinearGlobalAveragePool",
        new Check(
            new long[] {1, 2, 3, 3},
            (g, x, q) ->
                g.dequantize(
                    g.apply(
                        "QLinearGlobalAveragePool", q, g.scale(), g.zero(), g.scale(), g.zero())),
            (g, x, q) -> g.builder().reduceMean(x, true, 2, 3)));
    checks.put(
        "com.microsoft.QLinearConcat",
        new Check(
            sizes,
            (g, x, q) ->
                g.dequantize(
                    g.apply(
                        "QLinearConcat",
                        Attributes.of("axis", 1),
                        g.scale(),
                        g.zero(),
                        q,
                        g.scale(),
                        g.zero(),
                        q,
                        g.scale(),
                        g.zero())),
            (g, x, q) -> g.builder().concatenate(1, List.of(x, x))));
    return checks;
  }

  static Map<String, Check> layers() {
    Map<String, Check> checks = new TreeMap<>();
    long[] sizes = {2, 3};
    checks.put(
        "com.microsoft.MatMulInteger16",
        new Check(
            sizes,
            (g, x, q) -> {
              Value scale = g.scale();
              Value zero = g.builder().constant(Tensor.converted(ElementType.INT16, new long[1]));
              Value wide = g.builder().apply("QuantizeLinear", x, scale, zero);
              Value weights = g.builder().cast(g.weights(3, 4), ElementType.INT16);
              Value sum = g.apply("MatMulInteger16", wide, weights);
              return g.builder().multiply(g.builder().cast(sum, ElementType.FLOAT32), STEP * STEP);
            },
            (g, x, q) -> {
              Value weights = g.builder().cast(g.weights(3, 4), ElementType.FLOAT32);
              return g.builder().matrixMultiply(x, g.builder().multiply(weights, STEP));
            }));
    Attributes padded =
        Attributes.of("pads", new long[] {1, 1, 1, 1}, "strides", new long[] {2, 2});
    checks.put(
        "com.microsoft.QLinearConv",
        new Check(
            new long[] {1, 5, 5, 2},
            (g, x, q) ->
                g.dequantize(
                    g.apply(
                        "QLinearConv",
                        padded.with("channels_last", 1),
                        q,
                        g.scale(),
                        g.zero(),
                        g.weights(3, 2, 3, 3),
                        g.scale(),
                        g.builder().constant(Tensor.converted(ElementType.INT8, new long[1])),
                        g.scale(),
                        g.zero())),
            (g, x, q) ->
                g.builder()
                    .transpose(
                        g.builder()
                            .apply(
                                "Conv",
                                padded,
                                g.builder().transpose(x, 0, 3, 1, 2),
                                g.builder()
                                    .apply("DequantizeLinear", g.weights(3, 2, 3, 3), g.scale())),
                        0,
                        2,
                        3,
                        1)));
    checks.put(
        "com.microsoft.QLinearWhere",
        new Check(
            sizes,
            (g, x, q) ->
                g.dequantize(
                    g.apply(
                        "QLinearWhere",
                        condition(g),
                        q,
                        g.scale(),
                        g.zero(),
                        g.apply(
                            "QLinearAdd",
                            q,
                            g.scale(),
                            g.zero(),
                            q,
                            g.scale(),
                            g.zero(),
                            g.scale(),
                            g.zero()),
                        g.scale(),
                        g.zero(),
                        g.scale(),
                        g.zero())),
            (g, x, q) -> g.builder().where(condition(g), x, g.builder().multiply(x, 2))));
    checks.put("com.microsoft.QLinearSoftmax", softmax());
    checks.put("com.microsoft.QLinearAveragePool", averages());
    checks.put("com.microsoft.QAttention", attention());
    checks.put("com.microsoft.DynamicQuantizeLSTM", recurrence());
    return checks;
  }

  private static Value condition(Quantized g) {
    return g.builder()
        .greater(
            g.builder().constant(Tensor.of(new float[] {1, 0, 1, 0, 0, 1}, 2, 3)),
            g.builder().constant(Tensor.scalar(0.5f)));
  }

  private static Check softmax() {
    Attributes last = Attributes.of("axis", 1);
    return new Check(
        new long[] {2, 3},
        (g, x, q) ->
            g.dequantize(
                g.apply(
                    "QLinearSoftmax",
                    last.with("opset", 13),
                    q,
                    g.scale(),
                    g.zero(),
                    g.scale(),
                    g.zero())),
        (g, x, q) -> g.builder().apply("Softmax", last, x));
  }

  private static Check averages() {
    Attributes window =
        Attributes.of(
            "kernel_shape",
            new long[] {2, 2},
            "strides",
            new long[] {2, 1},
            "pads",
            new long[] {1, 0, 0, 1});
    return new Check(
        new long[] {1, 3, 4, 2},
        (g, x, q) ->
            g.dequantize(
                g.apply(
                    "QLinearAveragePool",
                    window.with("channels_last", 1),
                    q,
                    g.scale(),
                    g.zero(),
                    g.scale(),
                    g.zero())),
        (g, x, q) ->
            g.builder()
                .transpose(
                    g.builder().apply("AveragePool", window, g.builder().transpose(x, 0, 3, 1, 2)),
                    0,
                    2,
                    3,
                    1));
  }

  private static Check attention() {
    Attributes heads = Attributes.of("num_heads", 2, "unidirectional", 1);
    return new Check(
        new long[] {1, 3, 4},
        (g, x, q) -> {
          Value zero = g.builder().constant(Tensor.converted(ElementType.UINT8, new long[] {128}));
          Value unsigned = g.builder().apply("QuantizeLinear", x, g.scale(), zero);
          return g.apply(
              "QAttention",
              heads,
              unsigned,
              g.weights(4, 12),
              biases(g),
              g.scale(),
              g.scale(),
              Value.ABSENT,
              zero,
              g.zero());
        },
        (g, x, q) -> g.apply("Attention", heads, x, g.dequantize(g.weights(4, 12)), biases(g)));
  }

  private static Value biases(Quantized g) {
    float[] elements = new float[12];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = 0.1f * (i % 5) - 0.2f;
    }
    return g.builder().constant(Tensor.of(elements, 12));
  }

  private static Check recurrence() {
    Attributes hidden = Attributes.of("hidden_size", 2);
    return new Check(
        new long[] {3, 2, 4},
        (g, x, q) ->
            g.apply(
                "DynamicQuantizeLSTM",
                hidden,
                x,
                g.weights(1, 4, 8),
                g.weights(1, 2, 8),
                Value.ABSENT,
                Value.ABSENT,
                Value.ABSENT,
                Value.ABSENT,
                Value.ABSENT,
                scales(g),
                zeros(g),
                scales(g),
                zeros(g)),
        (g, x, q) ->
            g.builder()
                .apply(
                    OperatorType.of("LSTM"),
                    1,
                    hidden,
                    List.of(x, turned(g, g.weights(1, 4, 8)), turned(g, g.weights(1, 2, 8))))
                .get(0));
  }

  private static Value scales(Quantized g) {
    float[] steps = new float[8];
    Arrays.fill(steps, (float) STEP);
    return g.builder().constant(Tensor.of(steps, 1, 8));
  }

  private static Value zeros(Quantized g) {
    return g.builder().constant(Tensor.converted(ElementType.INT8, new long[8], 1, 8));
  }

  /** The runtime wants zero points of zero. */
  private static Value turned(Quantized g, Value weights) {
    return g.builder()
        .transpose(g.builder().apply("DequantizeLinear", weights, g.scale()), 0, 2, 1);
  }
}
