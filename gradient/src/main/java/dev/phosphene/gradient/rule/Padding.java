package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient of Pad in all its modes. Padding treats axes one after another, and so does this:
 * what came back to the padding of an axis is added to the elements that were copied there.
 */
final class Padding {
  private Padding() {}

  static List<GradientEntry> entries() {
    return List.of(GradientEntry.of("Pad", Padding::pad, cases()));
  }

  private static List<GradientCase> cases() {
    GradientCase.Input x = random(2, 5, 6);
    List<GradientCase> cases = new ArrayList<>();
    for (String mode : List.of("constant", "edge", "reflect", "wrap")) {
      cases.add(
          GradientCase.of("Pad", x, integers(0, 1, 2, 0, 3, 1)).with("mode", mode).named(mode));
      cases.add(
          GradientCase.of("Pad", x, integers(2, 0, 0, 3), absent(), integers(-1, 1))
              .with("mode", mode)
              .named(mode + ", axes given"));
      cases.add(
          GradientCase.of("Pad", x, integers(0, -1, 2, 0, 1, -2))
              .with("mode", mode)
              .named(mode + ", negative pads"));
    }
    for (String mode : List.of("constant", "edge", "reflect", "wrap")) {
      cases.add(
          GradientCase.of("Pad", x, integers(-1, 2, 0, 3), absent(), integers(-1, 1))
              .with("mode", mode)
              .named(mode + ", axes given, negative pads"));
      cases.add(
          GradientCase.of("Pad", x, integers(0, 1, 0, 0, 0, 2), fixed(Tensor.scalar(3f)))
              .with("mode", mode)
              .named(mode + ", value given"));
    }
    cases.add(
        GradientCase.of("Pad", x, integers(0, 1, 0, 0, 0, 2), random()).named("value of padding"));
    cases.add(
        GradientCase.of("Pad", x, integers(1, -2, 2, 1), random(), integers(-1, 1))
            .named("value of padding, axes given, negative pads"));
    return cases;
  }

  /** The pads at both ends of one axis of this length. */
  private record Ends(int axis, long before, long after, long length) {}

  private static void pad(Backward backward) {
    String mode = backward.attributes().text("mode", "constant");
    List<Ends> padded = padded(backward);
    Value gradient = backward.gradient();
    if (mode.equals("constant")) {
      Value inside = crop(backward, gradient, padded);
      backward.give(0, inside);
      if (backward.has(2) && backward.wants(2)) {
        Value outside = backward.subtract(sum(backward, gradient), sum(backward, inside));
        backward.give(2, backward.reshapeLike(outside, backward.input(2)));
      }
      return;
    }
    for (Ends ends : padded) {
      gradient = foldBack(backward, gradient, ends, mode);
    }
    backward.give(0, gradient);
  }

  private static List<Ends> padded(Backward backward) {
    long[] sizes = backward.sizes(backward.input(0));
    long[] pads = backward.constant(1, "pads").toLongs();
    long[] axes =
        backward.has(3)
            ? backward.constant(3, "axes").toLongs()
            : backward.axesFrom(backward.input(0), 0);
    List<Ends> padded = new ArrayList<>();
    for (int i = 0; i < axes.length; i++) {
      int axis = (int) (axes[i] < 0 ? axes[i] + sizes.length : axes[i]);
      if (pads[i] != 0 || pads[i + axes.length] != 0) {
        padded.add(new Ends(axis, pads[i], pads[i + axes.length], sizes[axis]));
      }
    }
    return padded;
  }

  private static Value sum(Backward backward, Value value) {
    return backward.reduceSum(value, false, backward.axesFrom(value, 0));
  }

  private static Value crop(Backward backward, Value gradient, List<Ends> padded) {
    boolean isSlice = padded.stream().allMatch(ends -> ends.before() >= 0 && ends.after() >= 0);
    if (isSlice && !padded.isEmpty()) {
      return backward.apply(
          "Slice",
          gradient,
          backward.integers(padded.stream().mapToLong(Ends::before).toArray()),
          backward.integers(
              padded.stream().mapToLong(ends -> ends.before() + ends.length()).toArray()),
          backward.integers(padded.stream().mapToLong(Ends::axis).toArray()));
    }
    long[] pads = new long[2 * gradient.rank()];
    for (Ends ends : padded) {
      pads[ends.axis()] = -ends.before();
      pads[ends.axis() + gradient.rank()] = -ends.after();
    }
    return backward.padZeros(gradient, pads);
  }

  /** The gradient before one axis was padded; a negative pad cut elements, which get zeros. */
  private static Value foldBack(Backward backward, Value gradient, Ends ends, String mode) {
    int axis = ends.axis();
    long before = Math.max(0, ends.before());
    long after = Math.max(0, ends.after());
    long cutBefore = Math.max(0, -ends.before());
    long kept = ends.length() - cutBefore - Math.max(0, -ends.after());
    requireCopiesOnce(backward, mode, Math.max(before, after), kept);
    Value folded = backward.slice(gradient, axis, before, before + kept);
    if (before > 0) {
      Value lead = backward.slice(gradient, axis, 0, before);
      folded = backward.add(folded, source(backward, lead, axis, kept, mode, true));
    }
    if (after > 0) {
      Value trail = backward.slice(gradient, axis, before + kept, before + kept + after);
      folded = backward.add(folded, source(backward, trail, axis, kept, mode, false));
    }
    return Joining.placed(backward, folded, axis, cutBefore, ends.length());
  }

  private static void requireCopiesOnce(Backward backward, String mode, long pad, long length) {
    long most = mode.equals("reflect") ? length - 1 : length;
    if (!mode.equals("edge") && pad > most) {
      throw backward.error(
          "mode \"%s\" pads %d elements beside %d; its gradient covers up to %d"
              .formatted(mode, pad, length, most));
    }
  }

  /** What came back to one end, placed at the elements that padding copied there. */
  private static Value source(
      Backward backward, Value end, int axis, long length, String mode, boolean isLead) {
    long pad = end.size(axis);
    return switch (mode) {
      case "edge" -> {
        Value sum = backward.reduceSum(end, true, axis);
        yield Joining.placed(backward, sum, axis, isLead ? 0 : length - 1, length);
      }
      case "reflect" -> {
        Value mirrored = backward.reverse(end, axis);
        yield Joining.placed(backward, mirrored, axis, isLead ? 1 : length - 1 - pad, length);
      }
      case "wrap" -> Joining.placed(backward, end, axis, isLead ? length - pad : 0, length);
      default ->
          throw backward.error(
              "mode \"%s\" is not one of %s"
                  .formatted(mode, Arrays.asList("constant", "edge", "reflect", "wrap")));
    };
  }
}
