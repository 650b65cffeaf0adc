package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Gradient of GridSample, y[n, :, o] = sum over taps t of w_t(grid[n, o]) x[n, :, i_t(grid[n, o])].
 *
 * <p>The gradient at x adds {@code w_t dy} to the positions {@code i_t}; the gradient at the grid
 * multiplies slopes of the weights with {@code dy . x[i_t]}.
 */
final class GridSampling {
  private final Backward backward;
  private final long[] sizes;
  private final long[] gridSizes;
  private final long positions;
  private final long samples;

  private GridSampling(Backward backward) {
    this.backward = backward;
    this.sizes = backward.sizes(backward.input(0));
    this.gridSizes = backward.sizes(backward.input(1));
    this.positions = Shape.elements(Arrays.copyOfRange(sizes, 2, sizes.length));
    this.samples = Shape.elements(Arrays.copyOfRange(gridSizes, 1, gridSizes.length - 1));
  }

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("GridSample", backward -> new GridSampling(backward).give(), cases()));
  }

  private static List<GradientCase> cases() {
    List<GradientCase> cases = new ArrayList<>();
    // Taps change where a coordinate of the image is whole: with 5 by 5 elements and aligned
    // corners, at multiples of 0.5, otherwise at multiples of 0.4.
    GradientCase aligned = GradientCase.of("GridSample", random(2, 3, 5, 5), gridAwayFrom(0.5, 0));
    GradientCase unaligned =
        GradientCase.of("GridSample", random(2, 3, 5, 5), gridAwayFrom(0.4, 0));
    for (String mode : List.of("linear", "cubic")) {
      for (String padding : List.of("zeros", "border", "reflection")) {
        Attributes form = Attributes.of("mode", mode, "padding_mode", padding);
        cases.addAll(unaligned.withEach(List.of(form)));
        cases.addAll(aligned.withEach(List.of(form.with("align_corners", 1))));
      }
    }
    for (String padding : List.of("zeros", "border", "reflection")) {
      Attributes form = Attributes.of("mode", "nearest", "padding_mode", padding);
      // Nearest changes its tap halfway between those of the other modes.
      cases.addAll(
          GradientCase.of("GridSample", random(2, 3, 5, 5), gridAwayFrom(0.4, 0.2))
              .withEach(List.of(form)));
      cases.addAll(
          GradientCase.of("GridSample", random(2, 3, 5, 5), gridAwayFrom(0.5, 0.25))
              .withEach(List.of(form.with("align_corners", 1))));
    }
    cases.add(unaligned.named("linear by default"));
    cases.add(
        GradientCase.of("GridSample", random(1, 2, 3, 4, 5), uniform(0.05, 0.3, 1, 2, 2, 3, 3))
            .with("mode", "linear", "align_corners", 1));
    return cases;
  }

  private static GradientCase.Input gridAwayFrom(double period, double offset) {
    List<Double> steps = new ArrayList<>();
    for (int i = -6; i <= 6; i++) {
      steps.add(i * period + offset);
    }
    return new GradientCase.Input.Random(-1.6, 1.6, steps, 0.03, 2, 4, 3, 2);
  }

  private void give() {
    boolean aligned = backward.attributes().flag("align_corners", false);
    SamplingKernel kernel =
        SamplingKernel.named(backward.attributes().text("mode", "linear"))
            .orElseThrow(() -> backward.error("its mode has no gradient rule"));
    String padding = backward.attributes().text("padding_mode", "zeros");
    int spatial = sizes.length - 2;
    List<List<SamplingTap>> axes = new ArrayList<>();
    for (int axis = 0; axis < spatial; axis++) {
      int component = spatial - 1 - axis;
      Value coordinate = backward.slice(backward.input(1), spatial + 1, component, component + 1);
      Value perImage = backward.reshape(coordinate, sizes[0], samples);
      axes.add(
          new SamplingAxis(backward, sizes[axis + 2], aligned, padding).taps(perImage, kernel));
    }
    if (backward.wants(0)) {
      backward.give(0, imageGradient(axes));
    }
    if (backward.wants(1)) {
      backward.give(1, gridGradient(axes, aligned));
    }
  }

  /** Channels stay before samples: ONNX Runtime is slow at broadcasting along a short last axis. */
  private Value imageGradient(List<List<SamplingTap>> axes) {
    Value gradient = backward.reshape(backward.gradient(), sizes[0], sizes[1], samples);
    List<Value> indices = new ArrayList<>();
    List<Value> updates = new ArrayList<>();
    for (List<SamplingTap> taps : combinations(axes)) {
      Value weight = backward.reshape(factor(taps, -1), sizes[0], 1, samples);
      indices.add(position(taps));
      updates.add(backward.multiply(gradient, weight));
    }
    Value along = backward.unsqueeze(backward.concatenate(1, indices), 1);
    Value sums =
        Gathering.addAt(
            backward,
            new long[] {sizes[0], sizes[1], positions},
            along,
            backward.concatenate(2, updates),
            2);
    return backward.reshape(sums, sizes);
  }

  /** {@code [N, C, length]} to {@code [N * length, C]}. */
  private Value rows(Value value) {
    return backward.reshape(backward.transpose(value, 0, 2, 1), -1, sizes[1]);
  }

  private Value gridGradient(List<List<SamplingTap>> axes, boolean aligned) {
    int spatial = axes.size();
    Value images = rows(backward.reshape(backward.input(0), sizes[0], sizes[1], positions));
    Value gradient = backward.reshape(backward.gradient(), sizes[0], sizes[1], samples);
    Value perSample = backward.transpose(gradient, 0, 2, 1);
    @Nullable Value[] slopes = new Value[spatial];
    for (List<SamplingTap> taps : combinations(axes)) {
      Value taken = backward.apply("Gather", Attributes.of("axis", 0), images, row(taps));
      Value product = backward.reduceSum(backward.multiply(perSample, taken), false, 2);
      for (int axis = 0; axis < spatial; axis++) {
        Value share = backward.multiply(product, factor(taps, axis));
        Value sum = slopes[axis];
        slopes[axis] = sum == null ? share : backward.add(sum, share);
      }
    }
    List<Value> components = new ArrayList<>();
    for (int axis = spatial - 1; axis >= 0; axis--) {
      double perUnit = (aligned ? sizes[axis + 2] - 1 : sizes[axis + 2]) / 2.0;
      Value slope = backward.multiply(Objects.requireNonNull(slopes[axis]), perUnit);
      components.add(backward.unsqueeze(slope, 2));
    }
    return backward.reshape(backward.concatenate(2, components), gridSizes);
  }

  /** The product of the taps' weights, with the slope in place of one axis' weight. */
  private Value factor(List<SamplingTap> taps, int slopeAxis) {
    return IntStream.range(0, taps.size())
        .mapToObj(axis -> axis == slopeAxis ? taps.get(axis).slope() : taps.get(axis).weight())
        .reduce(backward::multiply)
        .orElseThrow();
  }

  /** The position within its image at which the taps meet, {@code [N, samples]}. */
  private Value position(List<SamplingTap> taps) {
    Value position = taps.get(0).index();
    for (int axis = 1; axis < taps.size(); axis++) {
      Value size = backward.constant(Tensor.scalar(sizes[axis + 2]));
      position = backward.add(backward.multiply(position, size), taps.get(axis).index());
    }
    return position;
  }

  /** The row at which the taps meet, where all images' positions are rows: {@code [N, samples]}. */
  private Value row(List<SamplingTap> taps) {
    long[] firstRows = LongStream.range(0, sizes[0]).map(image -> image * positions).toArray();
    return backward.add(backward.constant(Tensor.of(firstRows, sizes[0], 1)), position(taps));
  }

  /** One tap of each axis, in all combinations. */
  private static List<List<SamplingTap>> combinations(List<List<SamplingTap>> axes) {
    List<List<SamplingTap>> combinations = List.of(List.of());
    for (List<SamplingTap> taps : axes) {
      List<List<SamplingTap>> longer = new ArrayList<>();
      for (List<SamplingTap> start : combinations) {
        for (SamplingTap tap : taps) {
          List<SamplingTap> extended = new ArrayList<>(start);
          extended.add(tap);
          longer.add(extended);
        }
      }
      combinations = longer;
    }
    return combinations;
  }
}
