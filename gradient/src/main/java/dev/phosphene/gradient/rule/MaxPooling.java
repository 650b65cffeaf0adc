package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.distinct;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.Selection;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Gradients of poolings that take maxima: all of a maximum's gradient goes to the first element, in
 * the order of the window's scan, that has it.
 */
final class MaxPooling {
  private MaxPooling() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("MaxPool", MaxPooling::maximum, maximumCases()),
        GradientEntry.of(
            "GlobalMaxPool",
            MaxPooling::globalMaximum,
            GradientCase.of("GlobalMaxPool", distinct(2, 3, 4, 5)),
            GradientCase.of("GlobalMaxPool", distinct(2, 3, 6)).named("one spatial axis"),
            GradientCase.of("GlobalMaxPool", distinct(1, 2, 3, 2, 4)).named("three axes")),
        GradientEntry.of(
            "MaxUnpool",
            MaxPooling::unpool,
            unpoolCase(3, 0, 6, 5, 9, 12, 15, 10)
                .with("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}),
            unpoolCase(1, 3, 4, 9, 10, 12, 14, 13)
                .with("kernel_shape", new long[] {2, 2})
                .named("strides by default"),
            GradientCase.of(
                    "MaxUnpool",
                    random(1, 1, 2, 4),
                    GradientCase.fixed(
                        Tensor.of(new long[] {3, 0, 6, 5, 9, 12, 15, 10}, 1, 1, 2, 4)),
                    GradientCase.integers(1, 1, 5, 9))
                .with("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2})
                .named("output_shape given"),
            GradientCase.of(
                    "MaxUnpool",
                    random(1, 1, 2, 4),
                    GradientCase.fixed(
                        Tensor.of(new long[] {3, 0, 6, 5, 9, 12, 15, 10}, 1, 1, 2, 4)),
                    GradientCase.integers(1, 1, 5, 9))
                .with("kernel_shape", new long[] {2, 2})
                .named("output_shape given, strides by default"),
            unpoolCase(1, 3, 4, 0, 2, 5, 7, 6)
                .with(
                    "kernel_shape",
                    new long[] {3, 2},
                    "strides",
                    new long[] {2, 2},
                    "pads",
                    new long[] {1, 0, 1, 1})));
  }

  private static GradientCase unpoolCase(long... indices) {
    Tensor places = Tensor.of(indices, 1, 1, 2, 4);
    return GradientCase.of("MaxUnpool", random(1, 1, 2, 4), GradientCase.fixed(places));
  }

  private static List<GradientCase> maximumCases() {
    GradientCase square = GradientCase.of("MaxPool", distinct(2, 3, 7, 8));
    List<GradientCase> cases = new ArrayList<>();
    cases.addAll(square.withEach(PoolingForms.overlapping()));
    cases.addAll(square.withEach(PoolingForms.padded()));
    cases.addAll(square.withEach(PoolingForms.apart()));
    cases.addAll(GradientCase.of("MaxPool", distinct(2, 3, 9)).withEach(PoolingForms.ofLines()));
    cases.addAll(
        GradientCase.of("MaxPool", distinct(1, 2, 4, 5, 6)).withEach(PoolingForms.ofCubes()));
    cases.add(
        square
            .with("kernel_shape", new long[] {3, 3}, "storage_order", 1)
            .outputs(2, 0)
            .named("with indices"));
    for (Attributes form : PoolingForms.together()) {
      cases.add(square.with(form));
      cases.add(square.with(form.with("storage_order", 1)).outputs(2, 0));
    }
    return cases;
  }

  private static void maximum(Backward backward) {
    Window window = AveragePooling.window(backward);
    Value input = backward.input(0);
    if (input.type() != ElementType.FLOAT32 || !MaximumCascade.suits(window)) {
      backward.give(0, scattered(backward));
      return;
    }
    Value output = backward.output();
    MaximumCascade cascade = new MaximumCascade(backward, window);
    backward.give(
        0,
        new Selection(
            output, backward.gradient(), gradient -> cascade.gradient(input, output, gradient)));
  }

  /** Adds each output's gradient at the place that the pooling says it took the maximum from. */
  private static Value scattered(Backward backward) {
    Value input = backward.input(0);
    long[] sizes = backward.sizes(input);
    Value indices =
        backward
            .apply(
                OperatorType.of("MaxPool"),
                2,
                backward.attributes().without("storage_order"),
                List.of(input))
            .get(1);
    long elements = LongStream.of(sizes).reduce(1, Math::multiplyExact);
    Value sums =
        backward.apply(
            "ScatterElements",
            Attributes.of("axis", 0, "reduction", "add"),
            backward.expand(backward.scalarLike(backward.gradient(), 0), elements),
            backward.reshape(indices, -1),
            backward.reshape(backward.gradient(), -1));
    return backward.reshape(sums, sizes);
  }

  private static void globalMaximum(Backward backward) {
    Value input = backward.input(0);
    long[] sizes = backward.sizes(input);
    long positions = LongStream.of(sizes).skip(2).reduce(1, (a, b) -> a * b);
    Value flat = backward.reshape(input, sizes[0], sizes[1], positions);
    Value first = backward.apply("ArgMax", Attributes.of("axis", 2, "keepdims", 1), flat);
    Value all = backward.constant(Tensor.vector(LongStream.range(0, positions).toArray()));
    Value isFirst = backward.indicator(backward.equal(all, first), input);
    Value gradient = backward.reshape(backward.gradient(), sizes[0], sizes[1], 1);
    backward.give(0, backward.reshape(backward.multiply(isFirst, gradient), sizes));
  }

  /** Reads the gradient at the places to which elements were put. */
  private static void unpool(Backward backward) {
    Value places = backward.cast(backward.input(1), ElementType.INT64);
    Value taken =
        backward.apply(
            "GatherElements",
            Attributes.of("axis", 0),
            backward.reshape(backward.gradient(), -1),
            backward.reshape(places, -1));
    backward.give(0, backward.reshape(taken, backward.sizes(backward.input(0))));
  }
}
