package dev.phosphene.cli;

import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Sheet;
import dev.phosphene.visualize.Target;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What a network says of an input: its classes, or the number that it gives. */
final class Answers {
  private Answers() {}

  /**
   * A class.
   *
   * @param filter its index
   * @param label its name
   * @param score what the layer gives for it; its probability where a softmax comes next
   * @param probability whether the score is one
   */
  record Answer(int filter, String label, double score, boolean probability) {
    /** {@code 99.9 % daisy (985)}. */
    @Override
    public String toString() {
      return probability
          ? String.format(Locale.ROOT, "%5.1f %%  %s (%d)", 100 * score, label, filter)
          : String.format(Locale.ROOT, "%10.4g  %s (%d)", score, label, filter);
    }
  }

  /** Whether a layer is the last and gives one number, or one for each class that has a name. */
  static boolean canTell(Model model, Target target) {
    Layer layer = target.layer();
    return layer.equals(model.layers().last())
        && layer.shape().isRankKnown()
        && layer.shape().rank() == 2
        && layer.filters().isPresent()
        && (target.filters() == 1 || Sheet.of(model, target).isLabelled());
  }

  /**
   * The strongest classes first.
   *
   * @param scores {@code [1, classes]}
   */
  static List<Answer> best(Model model, Target target, Tensor scores, int count) {
    double[] values = scores.toDoubles();
    boolean probability = target.beforeSoftmax() || isDistribution(values);
    double[] shown = target.beforeSoftmax() ? softmax(values) : values;
    Sheet sheet = Sheet.of(model, target);
    return IntStream.range(0, shown.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> shown[i]).reversed())
        .limit(count)
        .map(i -> new Answer(i, label(sheet, target, i), shown[i], probability))
        .toList();
  }

  /** A single number without a name is called as its layer is. */
  private static String label(Sheet sheet, Target target, int filter) {
    return sheet.isLabelled() ? sheet.label(List.of(filter)) : target.layer().name();
  }

  /** Whether numbers are what a softmax gives. */
  private static boolean isDistribution(double[] values) {
    return Arrays.stream(values).allMatch(value -> value >= 0)
        && values.length > 1
        && Math.abs(Arrays.stream(values).sum() - 1) < 1e-4;
  }

  private static double[] softmax(double[] values) {
    double most = Arrays.stream(values).max().orElse(0);
    double[] powers = Arrays.stream(values).map(value -> Math.exp(value - most)).toArray();
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }
}
