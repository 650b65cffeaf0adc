package dev.phosphene.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.Differentiation;
import dev.phosphene.gradient.rule.StandardRules;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.session.Session;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where several elements of a window have its maximum, finite differences say nothing: the gradient
 * belongs to the first in the order of the window's scan, as PyTorch has it.
 */
class TiedMaximaTest {
  private static final int CHANNELS = 3;
  private static final int HEIGHT = 9;
  private static final int WIDTH = 8;

  static Stream<Attributes> forms() {
    return Stream.of(
        Attributes.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}),
        Attributes.of("kernel_shape", new long[] {3, 3}),
        Attributes.of(
            "kernel_shape", new long[] {3, 3}, "strides", new long[] {2, 2}, "ceil_mode", 1),
        Attributes.of(
            "kernel_shape",
            new long[] {3, 3},
            "strides",
            new long[] {2, 2},
            "pads",
            new long[] {1, 1, 1, 1}),
        Attributes.of(
            "kernel_shape",
            new long[] {3, 4},
            "strides",
            new long[] {1, 3},
            "pads",
            new long[] {2, 0, 0, 3}),
        Attributes.of("kernel_shape", new long[] {2, 3}, "dilations", new long[] {3, 2}));
  }

  /** Float32 and float64 have rules of their own. */
  @ParameterizedTest
  @MethodSource("forms")
  void firstMaximumTakesAll(Attributes form) {
    for (ElementType type : List.of(ElementType.FLOAT32, ElementType.FLOAT64)) {
      Random random = new Random(7);
      double[] elements = new double[CHANNELS * HEIGHT * WIDTH];
      Arrays.setAll(elements, i -> random.nextInt(3) - 1);
      Tensor input = Tensor.converted(type, elements, 1, CHANNELS, HEIGHT, WIDTH);
      GraphBuilder builder = new GraphBuilder(StandardOperators.table());
      Value x = builder.input("x", type, input.shape());
      Value y = builder.apply("MaxPool", form, x);
      long[] sizes = y.shape().sizes();
      double[] weights = new double[Math.toIntExact(y.shape().elements())];
      Arrays.setAll(weights, i -> i + 1);
      Value seed = builder.constant(Tensor.converted(type, weights, sizes));
      Value gradient =
          Differentiation.vectorJacobianProducts(
                  builder, y, seed, List.of(x), StandardRules.rules())
              .get(0);
      Window window =
          Window.of(builder.nodes().get(0), x.shape(), form.integers("kernel_shape").orElseThrow());
      try (Session session =
          Session.compile(builder.build(List.of(gradient.name())), SessionSettings.SMALL)) {
        double[] found = session.run(Map.of("x", input)).get(gradient.name()).toDoubles();
        assertThat(found).as("%s, %s", form, type).containsExactly(expected(window, elements));
      }
    }
  }

  private static double[] expected(Window window, double[] elements) {
    double[] gradient = new double[elements.length];
    int weight = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (long row = 0; row < window.axes().get(0).output(); row++) {
        for (long column = 0; column < window.axes().get(1).output(); column++) {
          weight++;
          gradient[first(window, elements, channel, row, column)] += weight;
        }
      }
    }
    return gradient;
  }

  /** Where the first maximum of a window is. */
  private static int first(Window window, double[] elements, int channel, long row, long column) {
    Window.Axis down = window.axes().get(0);
    Window.Axis across = window.axes().get(1);
    int best = -1;
    for (long i = 0; i < down.kernel(); i++) {
      for (long j = 0; j < across.kernel(); j++) {
        long y = row * down.stride() + i * down.dilation() - down.padBegin();
        long x = column * across.stride() + j * across.dilation() - across.padBegin();
        if (y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH) {
          int place = Math.toIntExact(channel * (long) (HEIGHT * WIDTH) + y * WIDTH + x);
          best = best < 0 || elements[place] > elements[best] ? place : best;
        }
      }
    }
    return best;
  }
}
