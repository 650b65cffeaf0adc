package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.awayFrom;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import java.util.List;

/** Gradients of normalizations without parameters. */
final class LocalNormalization {
  /** What the standard's definition of MeanVarianceNormalization adds to the deviation. */
  private static final double MEAN_VARIANCE_EPSILON = 1e-9;

  private LocalNormalization() {}

  static List<GradientEntry> entries() {
    GradientCase plain = GradientCase.of("LpNormalization", awayFrom(List.of(0.0), 2, 3, 4));
    return List.of(
        GradientEntry.of(
            "LRN",
            LocalNormalization::response,
            GradientCase.of("LRN", random(2, 6, 3, 4)).with("size", 3),
            GradientCase.of("LRN", random(2, 6, 3, 4))
                .with("size", 5, "alpha", 0.5, "beta", 0.6, "bias", 2.0),
            GradientCase.of("LRN", random(2, 3, 3, 4)).with("size", 7, "alpha", 1.0),
            GradientCase.of("LRN", random(2, 4, 3, 2)).with("size", 3, "beta", 0.6),
            GradientCase.of("LRN", random(2, 4, 3, 2)).with("size", 3, "bias", 2.0),
            GradientCase.of("LRN", random(2, 4, 3, 2)).with("size", 5, "beta", 0.6, "bias", 2.0)),
        GradientEntry.of(
            "MeanVarianceNormalization",
            LocalNormalization::meanVariance,
            GradientCase.of("MeanVarianceNormalization", random(2, 3, 4, 5)),
            GradientCase.of("MeanVarianceNormalization", random(2, 3, 4, 5))
                .with("axes", new long[] {2, 3})),
        GradientEntry.of(
            "LpNormalization",
            LocalNormalization::norm,
            plain.withEach(
                List.of(
                    Attributes.none(),
                    Attributes.of("axis", 1),
                    Attributes.of("p", 1),
                    Attributes.of("axis", 0, "p", 1)))));
  }

  /**
   * With s = bias + alpha / size * W(x^2), W the sum over a window of channels, and y = x s^-beta:
   * dx = dy s^-beta - 2 alpha beta / size * x W'(dy y / s), W' the transpose of W.
   */
  private static void response(Backward backward) {
    Attributes attributes = backward.attributes();
    double beta = attributes.real("beta", 0.75);
    long size = attributes.integer("size", 1);
    double share = attributes.real("alpha", 1e-4) / size;
    Value input = backward.input(0);
    Value gradient = backward.gradient();
    long before = (size - 1) / 2;
    long after = size - 1 - before;
    Value squares = channelSums(backward, backward.square(input), before, after);
    Value scale = backward.add(backward.multiply(squares, share), attributes.real("bias", 1));
    Value direct = backward.multiply(gradient, backward.power(scale, -beta));
    Value weighted = backward.divide(backward.multiply(gradient, backward.output()), scale);
    Value shared = channelSums(backward, weighted, after, before);
    Value through = backward.multiply(backward.multiply(input, shared), 2 * share * beta);
    backward.give(0, backward.subtract(direct, through));
  }

  /** Sums over a window of channels, by pooling with the channels as a spatial axis. */
  private static Value channelSums(Backward backward, Value value, long before, long after) {
    long[] sizes = backward.sizes(value);
    long positions = Shape.elements(sizes) / Math.max(1, sizes[0] * sizes[1]);
    Value plane = backward.reshape(value, sizes[0], 1, sizes[1], positions);
    Attributes attributes =
        Attributes.of(
            "kernel_shape", new long[] {before + 1 + after, 1},
            "pads", new long[] {before, 0, after, 0},
            "count_include_pad", 1);
    Value means = backward.apply("AveragePool", attributes, plane);
    return backward.multiply(backward.reshape(means, sizes), (double) (before + 1 + after));
  }

  /** dx = (dy - mean(dy) - y mean(dy y)) / deviation, means over the normalized axes. */
  private static void meanVariance(Backward backward) {
    long[] axes = backward.attributes().integers("axes").orElse(new long[] {0, 2, 3});
    Value input = backward.input(0);
    Value gradient = backward.gradient();
    Value centred = backward.subtract(input, backward.reduceMean(input, true, axes));
    Value variance = backward.reduceMean(backward.square(centred), true, axes);
    Value deviation = backward.add(backward.squareRoot(variance), MEAN_VARIANCE_EPSILON);
    Value mean = backward.reduceMean(gradient, true, axes);
    Value along = backward.reduceMean(backward.multiply(gradient, backward.output()), true, axes);
    Value perpendicular =
        backward.subtract(
            backward.subtract(gradient, mean), backward.multiply(backward.output(), along));
    backward.give(0, backward.divide(perpendicular, deviation));
  }

  /** With y = x / n and n the norm: dx = (dy - dn/dx sum(dy y)) / n, and 0 where n is 0. */
  private static void norm(Backward backward) {
    long axis = backward.attributes().integer("axis", -1);
    long p = backward.attributes().integer("p", 2);
    Value input = backward.input(0);
    Value gradient = backward.gradient();
    Value norm = backward.reduce(p == 1 ? "ReduceL1" : "ReduceL2", input, true, axis);
    Value slope = p == 1 ? backward.sign(input) : backward.output();
    Value along = backward.reduceSum(backward.multiply(gradient, backward.output()), true, axis);
    Value difference = backward.subtract(gradient, backward.multiply(slope, along));
    Value zero = backward.scalarLike(norm, 0);
    Value isPositive = backward.greater(norm, zero);
    Value divisor = backward.where(isPositive, norm, backward.scalarLike(norm, 1));
    Value quotient = backward.divide(difference, divisor);
    backward.give(0, backward.where(isPositive, quotient, zero));
  }
}
