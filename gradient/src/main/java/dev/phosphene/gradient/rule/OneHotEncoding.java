package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/** The gradient of OneHot at its two values; positions are integers and have none. */
final class OneHotEncoding {
  private static final int VALUES = 2;

  private OneHotEncoding() {}

  static List<GradientEntry> entries() {
    GradientCase.Input indices = fixed(Tensor.of(new long[] {1, -1, 7, 0}, 2, 2));
    GradientCase.Input depth = fixed(Tensor.scalar(3L));
    GradientCase plain = GradientCase.of("OneHot", indices, depth, random(2));
    return List.of(
        GradientEntry.of(
            "OneHot",
            OneHotEncoding::values,
            plain,
            plain.with("axis", 0),
            plain.with("axis", 1),
            plain.with("axis", -2)));
  }

  /** y = off + h (on - off), with h one where the index points and zero elsewhere. */
  private static void values(Backward backward) {
    if (!backward.wants(VALUES)) {
      return;
    }
    Value gradient = backward.gradient();
    Value unit = backward.constant(Tensor.converted(gradient.type(), new double[] {0, 1}, VALUES));
    Value hot =
        backward.apply("OneHot", backward.attributes(), backward.input(0), backward.input(1), unit);
    long[] all = LongStream.range(0, gradient.rank()).toArray();
    Value on = backward.reduceSum(backward.multiply(gradient, hot), false, all);
    Value off = backward.subtract(backward.reduceSum(gradient, false, all), on);
    backward.give(
        VALUES,
        backward.concatenate(0, List.of(backward.unsqueeze(off, 0), backward.unsqueeze(on, 0))));
  }
}
