package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Straight-through gradients, of which finite differences say nothing: a quantized network against
 * the gradient of the same network on the floating numbers that its integers stand for. Outputs may
 * differ by the step of the last rounding.
 */
class StraightThroughTest {
  private static final double STEP = 0x1p-5;
  private static final double TOLERANCE = 1e-5;

  /** A network with its floating counterpart. */
  interface Network {
    Value build(Quantized graph, Value x, Value q);
  }

  record Check(long[] sizes, Network quantized, Network floating) {}

  /** Writes quantized networks: scale 1/32, zero point 3 of int8 everywhere. */
  record Quantized(GraphBuilder builder) {
    Value scale() {
      return builder.constant(Tensor.scalar((float) STEP));
    }

    Value zero() {
      return builder.constant(Tensor.converted(ElementType.INT8, new long[] {3}));
    }

    Value bias() {
      return builder.constant(Tensor.of(new float[] {0.5f, -1, 2, 0.25f}, 4));
    }

    Value quantize(Value x) {
      return builder.apply("QuantizeLinear", x, scale(), zero());
    }

    Value dequantize(Value q) {
      return builder.apply("DequantizeLinear", q, scale(), zero());
    }

    Value weights(long... sizes) {
      Random random = new Random(5);
      long[] elements = new long[(int) Shape.elements(sizes)];
      Arrays.setAll(elements, i -> random.nextInt(-20, 20));
      return builder.constant(Tensor.converted(ElementType.INT8, elements, sizes));
    }

    Value apply(String operator, Attributes attributes, Value... inputs) {
      return builder
          .apply(new OperatorType("com.microsoft", operator), 1, attributes, List.of(inputs))
          .get(0);
    }

    Value apply(String operator, Value... inputs) {
      return apply(operator, Attributes.none(), inputs);
    }
  }

  private static Map<String, Check> checks() {
    Map<String, Check> checks = new TreeMap<>();
    checks.put(
        "QuantizeLinear",
        new Check(new long[] {2, 3}, (g, x, q) -> g.dequantize(q), (g, x, q) -> x));
    checks.put("DequantizeLinear", checks.get("QuantizeLinear"));
    checks.put(
        "DynamicQuantizeLinear",
        new Check(
            new long[] {2, 3},
            (g, x, q) -> {
              List<Value> parts =
                  g.builder()
                      .apply(
                          OperatorType.of("DynamicQuantizeLinear"),
                          3,
                          Attributes.none(),
                          List.of(x));
              return g.builder()
                  .apply("DequantizeLinear", parts.get(0), parts.get(1), parts.get(2));
            },
            (g, x, q) -> x));
    checks.put(
        "MatMulInteger",
        new Check(
            new long[] {2, 3},
            (g, x, q) ->
                g.builder()
                    .multiply(
                        g.builder()
                            .cast(
                                g.builder()
                                    .apply("MatMulInteger", q, g.weights(3, 4), g.zero(), g.zero()),
                                ElementType.FLOAT32),
                        STEP * STEP),
            (g, x, q) -> g.builder().matrixMultiply(x, g.dequantize(g.weights(3, 4)))));
    checks.put(
        "ConvInteger",
        new Check(
            new long[] {1, 2, 5, 5},
            (g, x, q) -> {
              // The runtime's kernel takes unsigned integers only.
              Value scale = g.scale();
              Value zero =
                  g.builder().constant(Tensor.converted(ElementType.UINT8, new long[] {128}));
              Value unsigned = g.builder().apply("QuantizeLinear", x, scale, zero);
              Value sum =
                  g.builder()
                      .apply(
                          "ConvInteger",
                          Attributes.of("strides", new long[] {2, 2}),
                          unsigned,
                          unsignedWeights(g),
                          zero,
                          zero);
              return g.builder().multiply(g.builder().cast(sum, ElementType.FLOAT32), STEP * STEP);
            },
            (g, x, q) -> {
              Value zero =
                  g.builder().constant(Tensor.converted(ElementType.UINT8, new long[] {128}));
              Value weights =
                  g.builder().apply("DequantizeLinear", unsignedWeights(g), g.scale(), zero);
              return g.builder()
                  .apply("Conv", Attributes.of("strides", new long[] {2, 2}), x, weights);
            }));
    checks.put(
        "QLinearConv",
        new Check(
            new long[] {1, 2, 5, 5},
            (g, x, q) ->
                g.dequantize(
                    g.builder()
                        .apply(
                            "QLinearConv",
                            Attributes.of("pads", new long[] {1, 1, 1, 1}),
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
                    .apply(
                        "Conv",
                        Attributes.of("pads", new long[] {1, 1, 1, 1}),
                        x,
                        g.builder().apply("DequantizeLinear", g.weights(3, 2, 3, 3), g.scale()))));
    checks.put(
        "QLinearMatMul",
        new Check(
            new long[] {2, 3},
            (g, x, q) ->
                g.dequantize(
                    g.builder()
                        .apply(
                            "QLinearMatMul",
                            q,
                            g.scale(),
                            g.zero(),
                            g.weights(3, 4),
                            g.scale(),
                            g.zero(),
                            g.scale(),
                            g.zero())),
            (g, x, q) -> g.builder().matrixMultiply(x, g.dequantize(g.weights(3, 4)))));
    checks.putAll(ContributedQuantization.checks());
    checks.putAll(ContributedQuantization.layers());
    return checks;
  }

  private static Value unsignedWeights(Quantized g) {
    long[] elements = new long[3 * 2 * 3 * 3];
    Arrays.setAll(elements, i -> 108 + (i * 7) % 40);
    return g.builder().constant(Tensor.converted(ElementType.UINT8, elements, 3, 2, 3, 3));
  }

  @TestFactory
  List<DynamicTest> agreesWithTheFloatingNetwork() {
    return checks().entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue())))
        .toList();
  }

  @Test
  void everyStraightThroughRowIsChecked() {
    assertThat(
            StandardRules.rules().entries().stream()
                .filter(entry -> entry.flow() == GradientEntry.Flow.STRAIGHT_THROUGH)
                .map(entry -> entry.type().toString()))
        .containsExactlyInAnyOrderElementsOf(checks().keySet());
  }

  private static void check(Check check) {
    // Multiples of the step, so that the integers stand for them exactly.
    Random random = new Random(11);
    double[] elements = new double[(int) Shape.elements(check.sizes())];
    Arrays.setAll(elements, i -> random.nextInt(-40, 40) * STEP);
    Tensor x = Tensor.converted(ElementType.FLOAT32, elements, check.sizes());
    Map<String, double[]> quantized = run(check.quantized(), x);
    Map<String, double[]> floating = run(check.floating(), x);
    double[] y = quantized.get("y");
    double[] expected = floating.get("y");
    assertThat(y).hasSameSizeAs(expected);
    for (int i = 0; i < y.length; i++) {
      assertThat(y[i]).isBetween(expected[i] - 1.01 * STEP, expected[i] + 1.01 * STEP);
    }
    double[] found = quantized.get("gradient");
    double[] gradient = floating.get("gradient");
    assertThat(found).hasSameSizeAs(gradient);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - gradient[i])).isLessThan(TOLERANCE);
      assertThat(Math.abs(gradient[i])).isGreaterThan(TOLERANCE);
    }
  }

  /** Output and gradient of a weighted sum of it. */
  private static Map<String, double[]> run(Network network, Tensor x) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Quantized quantized = new Quantized(builder);
    Value input = builder.input("x", ElementType.FLOAT32, x.shape());
    Value y = network.build(quantized, input, quantized.quantize(input));
    Value seed = builder.constant(weights(y.shape().sizes()));
    Value gradient =
        Differentiation.vectorJacobianProducts(
                builder, y, seed, List.of(input), StandardRules.rules())
            .get(0);
    List<String> outputs =
        List.of(builder.apply("Identity", y).name(), builder.apply("Identity", gradient).name());
    try (Session session =
        Session.compile(builder.build(outputs).reaching(outputs), SessionSettings.SMALL)) {
      Map<String, Tensor> results = session.run(Map.of("x", x));
      return Map.of(
          "y", results.get(outputs.get(0)).toDoubles(),
          "gradient", results.get(outputs.get(1)).toDoubles());
    }
  }

  private static Tensor weights(long[] sizes) {
    double[] elements = new double[(int) Shape.elements(sizes)];
    Arrays.setAll(elements, i -> 1 + 0.25 * (i % 5));
    return Tensor.converted(ElementType.FLOAT32, elements, sizes);
  }

  @Test
  void nothingFlowsBeyondTheRange() {
    double[] gradient =
        run(
                (g, x, q) -> g.dequantize(q),
                Tensor.of(new float[] {-5, -4.1f, -4, 0.5f, 3.8f, 3.9f, 5}, 7))
            .get("gradient");
    // int8 less zero point 3, in steps of 1/32: from -4.09375 to 3.875
    assertThat(gradient).containsExactly(0, 1.25, 1.5, 1.75, 2, 0, 0);
  }

  @Test
  void scalesOfEachChannelAndOfEachBlock() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 4);
    for (long block : new long[] {0, 2}) {
      double[] gradient =
          run(
                  (g, input, q) -> {
                    Attributes axis = Attributes.of("axis", 1, "block_size", block);
                    Tensor scales =
                        block == 0
                            ? Tensor.of(new float[] {0.0625f, 0.125f, 0.25f, 0.5f}, 4)
                            : Tensor.of(new float[] {0.0625f, 0.125f, 0.25f, 0.5f}, 2, 2);
                    Value scale = g.builder().constant(scales);
                    Value zero =
                        g.builder()
                            .constant(
                                Tensor.converted(ElementType.INT8, new long[4], scales.sizes()));
                    Value integers = g.builder().apply("QuantizeLinear", axis, input, scale, zero);
                    return g.builder().apply("DequantizeLinear", axis, integers, scale, zero);
                  },
                  x)
              .get("gradient");
      assertThat(gradient).isEqualTo(weights(new long[] {2, 4}).toDoubles());
    }
  }

  /** What stands between quantized operators works on the integers themselves. */
  private static Map<String, BiFunction<GraphBuilder, Value, Value>> betweenQuantized() {
    Attributes window =
        Attributes.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2});
    Attributes larger = Attributes.of("mode", "nearest");
    Value none = Value.ABSENT;
    return Map.of(
        "MaxPool", (g, x) -> g.apply("MaxPool", window, x),
        "Transpose", (g, x) -> g.transpose(x, 0, 2, 3, 1),
        "Reshape", (g, x) -> g.reshape(x, 2, 16),
        "Slice", (g, x) -> g.slice(x, 2, 1, 3),
        "Gather", (g, x) -> g.apply("Gather", Attributes.of("axis", 2), x, g.integers(2, 0, 0)),
        "Concat", (g, x) -> g.concatenate(1, List.of(x, x)),
        "Pad", (g, x) -> g.apply("Pad", x, g.integers(0, 0, 1, 0, 0, 0, 0, 1)),
        "DepthToSpace",
            (g, x) ->
                g.apply("DepthToSpace", Attributes.of("blocksize", 2), g.reshape(x, 1, 8, 2, 2)),
        "Resize",
            (g, x) ->
                g.apply(
                    "Resize", larger, x, none, g.constant(Tensor.of(new float[] {1, 1, 2, 2}, 4))));
  }

  @TestFactory
  List<DynamicTest> integersAreMovedAndPooled() {
    double[] numbers = new double[32];
    Arrays.setAll(numbers, i -> (i * 7 % 32 - 16) * STEP);
    Tensor x = Tensor.converted(ElementType.FLOAT32, numbers, 1, 2, 4, 4);
    return betweenQuantized().entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      var operator = entry.getValue();
                      Map<String, double[]> floating =
                          run((g, input, q) -> operator.apply(g.builder(), input), x);
                      Map<String, double[]> quantized =
                          run((g, input, q) -> g.dequantize(operator.apply(g.builder(), q)), x);
                      assertThat(quantized.get("gradient")).isEqualTo(floating.get("gradient"));
                    }))
        .toList();
  }
}
