package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.List;

/** Gradients of normalizations with a scale and a bias, by stored or by own mean and variance. */
final class Normalization {
  private Normalization() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("BatchNormalization", Normalization::batch, batchCases()),
        GradientEntry.of(
            "InstanceNormalization",
            Normalization::instance,
            GradientCase.of("InstanceNormalization", random(2, 3, 4, 5), random(3), random(3)),
            GradientCase.of("InstanceNormalization", random(2, 3, 6), random(3), random(3))
                .with("epsilon", 0.1),
            GradientCase.of("InstanceNormalization", random(1, 1, 96, 96), random(1), random(1))
                .named("long rows")),
        GradientEntry.of("LayerNormalization", Normalization::layer, layerCases()),
        // Stash type 11 lets statistics be float64 where the check is.
        GradientEntry.of(
            "GroupNormalization",
            Normalization::group,
            GradientCase.of("GroupNormalization", random(2, 6, 4, 5), random(6), random(6))
                .with("num_groups", 3, "stash_type", 11),
            GradientCase.of("GroupNormalization", random(2, 4, 5), random(4), random(4))
                .with("num_groups", 1, "epsilon", 0.1, "stash_type", 11),
            GradientCase.of("GroupNormalization", random(2, 4, 5), random(4), random(4))
                .with("num_groups", 4, "stash_type", 11)));
  }

  private static List<GradientCase> batchCases() {
    return List.of(
        GradientCase.of(
            "BatchNormalization",
            random(2, 3, 4, 5),
            random(3),
            random(3),
            random(3),
            uniform(0.5, 2, 3)),
        GradientCase.of(
                "BatchNormalization",
                random(2, 3),
                random(3),
                random(3),
                random(3),
                uniform(1, 2, 3))
            .with("epsilon", 0.1),
        GradientCase.of(
                "BatchNormalization",
                random(2, 3, 4),
                random(3),
                random(3),
                random(3),
                uniform(0.5, 2, 3))
            .named("one spatial axis"),
        GradientCase.of(
                "BatchNormalization",
                random(2, 3, 4),
                random(3),
                random(3),
                random(3),
                uniform(0.5, 2, 3))
            .with("epsilon", 0.1, "momentum", 0.7),
        GradientCase.of(
                "BatchNormalization",
                random(4, 3, 2),
                random(3),
                random(3),
                random(3),
                uniform(0.5, 2, 3))
            .with("epsilon", 0.1, "training_mode", 1)
            .outputs(3, 0),
        training().outputs(3, 0).named("training_mode"),
        training().outputs(3, 1).named("training_mode, mean"),
        training().outputs(3, 2).named("training_mode, variance"));
  }

  private static GradientCase training() {
    return GradientCase.of(
            "BatchNormalization",
            random(2, 3, 4, 5),
            random(3),
            random(3),
            random(3),
            uniform(0.5, 2, 3))
        .with("training_mode", 1, "momentum", 0.7);
  }

  private static List<GradientCase> layerCases() {
    GradientCase last =
        GradientCase.of("LayerNormalization", random(2, 2, 24), random(24), random(24));
    return List.of(
        last,
        GradientCase.of("LayerNormalization", random(2, 2, 24), random(24)).named("without bias"),
        GradientCase.of("LayerNormalization", random(2, 3, 5), random(3, 5), random(3, 5))
            .with("axis", 1, "epsilon", 0.1),
        GradientCase.of("LayerNormalization", random(2, 3, 5), random(1), random(3, 1))
            .with("axis", -2),
        GradientCase.of("LayerNormalization", random(2, 3), random(2, 3), random(2, 3))
            .with("axis", 0),
        GradientCase.of("LayerNormalization", random(2, 3, 5), random(3, 5))
            .with("axis", 1, "epsilon", 0.1, "stash_type", 11),
        last.with("stash_type", 11),
        last.outputs(3, 1).named("through the mean"),
        last.outputs(3, 2).named("through the inverse deviation"));
  }

  /** y = (x - mean) / sqrt(variance + epsilon) * scale + bias, a channel at a time. */
  private static void batch(Backward backward) {
    if (backward.attributes().flag("training_mode", false)) {
      backward.giveThrough(inputs -> training(backward, inputs));
      return;
    }
    Value gradient = backward.gradient();
    Value variance = backward.input(4);
    double epsilon = backward.attributes().real("epsilon", 1e-5);
    Value inverse = backward.reciprocal(backward.squareRoot(backward.add(variance, epsilon)));
    Value factor = backward.multiply(backward.input(1), inverse);
    backward.give(0, backward.multiply(gradient, perChannel(backward, factor)));
    long[] others = Frame.allButChannels(gradient);
    if (backward.wants(2) || backward.wants(3)) {
      Value sum = backward.reduceSum(gradient, false, others);
      backward.give(2, sum);
      backward.give(3, backward.negate(backward.multiply(sum, factor)));
    }
    if (backward.wants(1) || backward.wants(4)) {
      Value centred = backward.subtract(backward.input(0), perChannel(backward, backward.input(3)));
      Value sum = backward.reduceSum(backward.multiply(gradient, centred), false, others);
      backward.give(1, backward.multiply(sum, inverse));
      Value slope = backward.multiply(factor, backward.square(inverse));
      backward.give(4, backward.multiply(backward.multiply(sum, slope), -0.5));
    }
  }

  /** With the mean and variance of the batch, which also move the stored ones. */
  private static List<Value> training(Backward backward, List<Value> inputs) {
    Value x = inputs.get(0);
    long[] others = Frame.allButChannels(x);
    Value mean = backward.reduceMean(x, false, others);
    Value centred = backward.subtract(x, perChannel(backward, mean));
    Value variance = backward.reduceMean(backward.square(centred), false, others);
    double epsilon = backward.attributes().real("epsilon", 1e-5);
    Value deviation = backward.squareRoot(backward.add(variance, epsilon));
    Value factor = backward.divide(inputs.get(1), deviation);
    Value scaled = backward.multiply(centred, perChannel(backward, factor));
    double momentum = backward.attributes().real("momentum", 0.9);
    return List.of(
        backward.add(scaled, perChannel(backward, inputs.get(2))),
        mixed(backward, inputs.get(3), mean, momentum),
        mixed(backward, inputs.get(4), variance, momentum));
  }

  private static Value mixed(Backward backward, Value stored, Value batch, double momentum) {
    return backward.add(
        backward.multiply(stored, momentum), backward.multiply(batch, 1 - momentum));
  }

  private static void instance(Backward backward) {
    long[] sizes = backward.sizes(backward.input(0));
    perRow(backward, sizes[0] * sizes[1]);
  }

  private static void group(Backward backward) {
    long[] sizes = backward.sizes(backward.input(0));
    perRow(backward, sizes[0] * backward.attributes().integer("num_groups", 1));
  }

  /** Normalizes each of so many equal parts of the input, then scales each channel. */
  private static void perRow(Backward backward, long rows) {
    Value input = backward.input(0);
    Value gradient = backward.gradient();
    double epsilon = backward.attributes().real("epsilon", 1e-5);
    Standardized standardized = Standardized.of(backward, input, rows, epsilon);
    Value scale = perChannel(backward, backward.input(1));
    if (backward.wants(0)) {
      backward.give(0, standardized.gradient(backward.multiply(gradient, scale)));
    }
    long[] others = Frame.allButChannels(gradient);
    if (backward.wants(1)) {
      Value product = backward.multiply(gradient, standardized.values(input.shape().sizes()));
      backward.give(1, backward.reduceSum(product, false, others));
    }
    if (backward.wants(2)) {
      backward.give(2, backward.reduceSum(gradient, false, others));
    }
  }

  private static void layer(Backward backward) {
    Value input = backward.input(0);
    long[] sizes = backward.sizes(input);
    int axis = (int) backward.attributes().integer("axis", -1);
    int first = axis < 0 ? axis + sizes.length : axis;
    long rows = Arrays.stream(sizes, 0, first).reduce(1, (a, b) -> a * b);
    double epsilon = backward.attributes().real("epsilon", 1e-5);
    Standardized standardized = Standardized.of(backward, input, rows, epsilon);
    backward
        .gradient(0)
        .ifPresent(
            gradient -> {
              if (backward.wants(0)) {
                Value scaled = backward.multiply(gradient, backward.input(1));
                backward.give(0, standardized.gradient(scaled));
              }
              if (backward.wants(1)) {
                backward.give(1, backward.multiply(gradient, standardized.values(sizes)));
              }
              backward.give(2, gradient);
            });
    backward
        .gradient(1)
        .ifPresent(gradient -> backward.give(0, standardized.meanGradient(gradient)));
    backward
        .gradient(2)
        .ifPresent(gradient -> backward.give(0, standardized.inverseDeviationGradient(gradient)));
  }

  /** A vector over channels in a shape that broadcasts with the input's. */
  private static Value perChannel(Backward backward, Value vector) {
    int spatial = backward.input(0).rank() - 2;
    if (spatial <= 0) {
      return vector;
    }
    long[] sizes = new long[spatial + 1];
    Arrays.fill(sizes, 1);
    sizes[0] = -1;
    return backward.reshape(vector, sizes);
  }
}
