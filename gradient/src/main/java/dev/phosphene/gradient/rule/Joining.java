package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gradients of Concat and Split, each of which undoes the other. */
final class Joining {
  private Joining() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "Concat",
            Joining::split,
            GradientCase.of("Concat", random(2, 3), random(4, 3)).with("axis", 0),
            GradientCase.of("Concat", random(2, 1, 2), random(2, 3, 2), random(2, 2, 2))
                .with("axis", 1),
            GradientCase.of("Concat", random(2, 3), random(2, 2)).with("axis", -1),
            GradientCase.of("Concat", random(2, 3), GradientCase.fixed(zeros()), random(2, 2))
                .with("axis", 1)
                .named("one part constant"),
            GradientCase.of("Concat", random(2, 3)).with("axis", 0).named("one part")),
        GradientEntry.of("Split", Joining::join, splits()));
  }

  private static Tensor zeros() {
    return Tensor.of(new float[8], 2, 4);
  }

  private static List<GradientCase> splits() {
    GradientCase even = GradientCase.of("Split", random(6, 2)).with("num_outputs", 3);
    GradientCase uneven = GradientCase.of("Split", random(2, 7)).with("axis", 1, "num_outputs", 3);
    GradientCase sized =
        GradientCase.of("Split", random(2, 6, 2), integers(1, 3, 2)).with("axis", -2);
    GradientCase last = GradientCase.of("Split", random(2, 7)).with("axis", -1, "num_outputs", 3);
    GradientCase first = GradientCase.of("Split", random(6, 2), integers(1, 3, 2));
    return List.of(
        last.outputs(3, 2).named("uneven, last part, axis -1"),
        first.outputs(3, 1).named("sizes given, axis by default"),
        even.outputs(3, 0).named("even, first part"),
        even.outputs(3, 2).named("even, last part"),
        uneven.outputs(3, 1).named("uneven, middle part"),
        uneven.outputs(3, 2).named("uneven, smaller last part"),
        sized.outputs(3, 1).named("sizes given, middle part"),
        sized.outputs(3, 2).named("sizes given, last part"));
  }

  private static int axis(Backward backward, int rank) {
    int axis = (int) backward.attributes().integer("axis", 0);
    return axis < 0 ? axis + rank : axis;
  }

  private static void split(Backward backward) {
    Value gradient = backward.gradient();
    int axis = axis(backward, gradient.rank());
    long[] sizes = new long[backward.inputs()];
    List<Integer> wanted = new ArrayList<>();
    for (int input = 0; input < sizes.length; input++) {
      sizes[input] = backward.sizes(backward.input(input))[axis];
      if (backward.wants(input)) {
        wanted.add(input);
      }
    }
    if (sizes.length == 1) {
      backward.give(0, gradient);
    } else if (wanted.size() == 1) {
      int only = wanted.get(0);
      long start = 0;
      for (int input = 0; input < only; input++) {
        start += sizes[input];
      }
      backward.give(only, backward.slice(gradient, axis, start, start + sizes[only]));
    } else {
      List<Value> parts =
          backward.apply(
              OperatorType.of("Split"),
              sizes.length,
              Attributes.of("axis", axis),
              List.of(gradient, backward.integers(sizes)));
      wanted.forEach(input -> backward.give(input, parts.get(input)));
    }
  }

  /** Joins the gradients of the parts, with zeros for those that nothing came back to. */
  private static void join(Backward backward) {
    Value x = backward.input(0);
    long[] sizes = backward.sizes(x);
    int axis = axis(backward, sizes.length);
    long[] lengths = partLengths(backward, sizes[axis]);
    List<Value> parts = new ArrayList<>();
    long start = 0;
    for (int output = 0; output < lengths.length; output++) {
      Optional<Value> gradient = backward.gradient(output);
      if (gradient.isPresent() && isOnly(backward, output)) {
        backward.give(0, placed(backward, gradient.get(), axis, start, sizes[axis]));
        return;
      }
      long[] partSizes = sizes.clone();
      partSizes[axis] = lengths[output];
      parts.add(gradient.orElseGet(() -> backward.expand(backward.scalarLike(x, 0), partSizes)));
      start += lengths[output];
    }
    backward.give(0, backward.concatenate(axis, parts));
  }

  private static boolean isOnly(Backward backward, int output) {
    for (int other = 0; other < backward.outputs(); other++) {
      if (other != output && backward.gradient(other).isPresent()) {
        return false;
      }
    }
    return true;
  }

  /** A part between zeros, along one axis of this length. */
  static Value placed(Backward backward, Value part, int axis, long start, long length) {
    long[] pads = new long[2 * part.rank()];
    pads[axis] = start;
    pads[axis + part.rank()] = length - start - part.size(axis);
    return backward.padZeros(part, pads);
  }

  /** Given lengths, else equal ones with a smaller last part, as the standard says. */
  private static long[] partLengths(Backward backward, long length) {
    if (backward.has(1)) {
      return backward.constant(1, "split").toLongs();
    }
    long[] lengths = new long[backward.outputs()];
    long each = (length + lengths.length - 1) / lengths.length;
    long left = length;
    for (int part = 0; part < lengths.length; part++) {
      lengths[part] = Math.min(each, left);
      left -= lengths[part];
    }
    return lengths;
  }
}
