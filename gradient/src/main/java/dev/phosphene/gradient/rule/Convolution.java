package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.Backward;
import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Gradients of Conv and ConvTranspose, of which each is the other's. */
final class Convolution {
  private Convolution() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("Conv", Convolution::convolution, convolutionCases()),
        GradientEntry.of(
            "ConvTranspose", Convolution::transposedConvolution, transposedConvolutionCases()));
  }

  private static List<GradientCase> convolutionCases() {
    GradientCase square = GradientCase.of("Conv", random(2, 3, 7, 8), random(4, 3, 3, 3));
    GradientCase pointwise = GradientCase.of("Conv", random(2, 3, 5, 6), random(4, 3, 1, 1));
    GradientCase grouped = GradientCase.of("Conv", random(2, 4, 7, 8), random(6, 2, 3, 3));
    GradientCase depthwise = GradientCase.of("Conv", random(2, 4, 7, 8), random(4, 1, 3, 3));
    GradientCase line = GradientCase.of("Conv", random(2, 3, 9), random(4, 3, 3));
    GradientCase cube = GradientCase.of("Conv", random(1, 2, 5, 4, 6), random(3, 2, 2, 3, 3));
    GradientCase small = GradientCase.of("Conv", random(1, 2, 3, 3), random(2, 2, 2, 2));
    List<GradientCase> cases = new ArrayList<>();
    cases.add(square.named("plain"));
    cases.add(
        GradientCase.of("Conv", random(2, 3, 7, 8), random(4, 3, 3, 3), random(4)).named("bias"));
    cases.addAll(
        square.withEach(
            List.of(
                Attributes.of("pads", new long[] {1, 1, 1, 1}),
                Attributes.of("pads", new long[] {0, 1, 2, 3}),
                Attributes.of("strides", new long[] {2, 2}, "pads", new long[] {1, 1, 1, 1}),
                Attributes.of("strides", new long[] {2, 3}, "pads", new long[] {0, 2, 1, 0}),
                Attributes.of("strides", new long[] {4, 5}),
                Attributes.of("dilations", new long[] {2, 3}, "pads", new long[] {2, 1, 0, 3}),
                Attributes.of("dilations", new long[] {2, 2}, "strides", new long[] {2, 1}),
                Attributes.of("auto_pad", "SAME_UPPER", "strides", new long[] {2, 2}),
                Attributes.of("auto_pad", "SAME_LOWER", "strides", new long[] {2, 3}),
                Attributes.of("auto_pad", "SAME_UPPER"),
                Attributes.of("auto_pad", "VALID", "strides", new long[] {2, 2}))));
    cases.addAll(
        pointwise.withEach(
            List.of(
                Attributes.none(),
                Attributes.of("strides", new long[] {2, 2}),
                Attributes.of("strides", new long[] {3, 2}, "pads", new long[] {1, 0, 1, 2}))));
    cases.addAll(
        grouped.withEach(
            List.of(
                Attributes.of("group", 2),
                Attributes.of(
                    "group", 2, "strides", new long[] {2, 2}, "pads", new long[] {1, 1, 1, 1}),
                Attributes.of("group", 2, "strides", new long[] {3, 2}))));
    cases.addAll(
        depthwise.withEach(
            List.of(
                Attributes.of("group", 4, "pads", new long[] {1, 1, 1, 1}),
                Attributes.of(
                    "group", 4, "strides", new long[] {2, 2}, "pads", new long[] {1, 1, 1, 1}),
                Attributes.of("group", 4, "strides", new long[] {3, 4}),
                Attributes.of(
                    "group", 4, "strides", new long[] {2, 2}, "dilations", new long[] {2, 2}))));
    cases.add(
        GradientCase.of("Conv", random(2, 2, 5, 5), random(6, 1, 3, 3))
            .with("group", 2, "strides", new long[] {2, 1}));
    cases.addAll(
        line.withEach(
            List.of(
                Attributes.of("pads", new long[] {2, 0}),
                Attributes.of("strides", new long[] {2}, "pads", new long[] {1, 1}),
                Attributes.of("strides", new long[] {3}, "dilations", new long[] {2}))));
    cases.addAll(
        cube.withEach(
            List.of(
                Attributes.of("pads", new long[] {1, 0, 1, 0, 1, 1}),
                Attributes.of("strides", new long[] {1, 2, 2}))));
    cases.addAll(
        small.withEach(
            List.of(
                Attributes.of("pads", new long[] {3, 2, 2, 4}),
                Attributes.of("pads", new long[] {3, 3, 4, 3}, "strides", new long[] {2, 3}))));
    GradientCase biased =
        GradientCase.of("Conv", random(2, 4, 8, 9), random(6, 2, 3, 2), random(6));
    Attributes kernel = Attributes.of("kernel_shape", new long[] {3, 2}, "group", 2);
    cases.addAll(
        biased
            .with(kernel)
            .withEverySelection(
                Attributes.of("strides", new long[] {2, 1}),
                Attributes.of("dilations", new long[] {2, 3}),
                Attributes.of("pads", new long[] {1, 0, 2, 3})));
    for (String side : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
      cases.addAll(
          biased
              .with(kernel.with("auto_pad", side))
              .withEverySelection(Attributes.of("strides", new long[] {2, 3})));
    }
    cases.add(biased.with(kernel.with("auto_pad", "VALID").with("dilations", new long[] {2, 3})));
    return cases;
  }

  private static List<GradientCase> transposedConvolutionCases() {
    GradientCase square = GradientCase.of("ConvTranspose", random(2, 3, 4, 5), random(3, 2, 3, 3));
    GradientCase grouped = GradientCase.of("ConvTranspose", random(2, 4, 4, 5), random(4, 3, 3, 2));
    List<GradientCase> cases = new ArrayList<>();
    cases.addAll(
        square.withEach(
            List.of(
                Attributes.none(),
                Attributes.of("pads", new long[] {1, 0, 2, 1}),
                Attributes.of("strides", new long[] {2, 3}, "pads", new long[] {1, 1, 0, 1}),
                Attributes.of("strides", new long[] {2, 2}, "output_padding", new long[] {1, 1}),
                Attributes.of(
                    "strides",
                    new long[] {2, 2},
                    "pads",
                    new long[] {1, 1, 1, 1},
                    "output_padding",
                    new long[] {1, 0}),
                Attributes.of("dilations", new long[] {2, 3}, "strides", new long[] {2, 1}),
                Attributes.of("output_shape", new long[] {8, 10}, "strides", new long[] {2, 2}),
                Attributes.of("output_shape", new long[] {10, 12}, "strides", new long[] {2, 2}),
                Attributes.of("auto_pad", "SAME_UPPER", "strides", new long[] {2, 2}),
                Attributes.of("auto_pad", "SAME_LOWER", "strides", new long[] {2, 2}))));
    cases.addAll(
        grouped.withEach(
            List.of(
                Attributes.of("group", 2),
                Attributes.of("group", 2, "strides", new long[] {2, 2}))));
    cases.add(
        GradientCase.of("ConvTranspose", random(2, 3, 4), random(3, 2, 3), random(2))
            .with("strides", new long[] {2}));
    cases.add(
        GradientCase.of("ConvTranspose", random(1, 2, 3, 2, 3), random(2, 2, 2, 3, 2))
            .with("strides", new long[] {1, 2, 2}));
    GradientCase biased =
        GradientCase.of("ConvTranspose", random(2, 4, 4, 5), random(4, 3, 3, 2), random(6));
    Attributes kernel = Attributes.of("kernel_shape", new long[] {3, 2}, "group", 2);
    Attributes dilated = Attributes.of("dilations", new long[] {2, 3});
    cases.addAll(
        biased
            .with(kernel)
            .withEverySelection(
                Attributes.of("strides", new long[] {3, 2}, "output_padding", new long[] {1, 0}),
                dilated,
                Attributes.of("pads", new long[] {1, 0, 2, 1})));
    cases.add(
        biased.with(
            kernel
                .withAll(dilated)
                .with("strides", new long[] {3, 2})
                .with("output_padding", new long[] {1, 0})
                .with("output_shape", new long[] {14, 11})));
    for (String side : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
      cases.addAll(
          biased
              .with(kernel.with("auto_pad", side))
              .withEverySelection(
                  Attributes.of("strides", new long[] {3, 2}, "output_padding", new long[] {1, 0}),
                  dilated));
    }
    return cases;
  }

  private static void convolution(Backward backward) {
    Value gradient = backward.gradient();
    Value weight = backward.input(1);
    Window window =
        Window.of(backward.node(), Shape.of(backward.sizes(backward.input(0))), kernel(backward));
    if (backward.wants(0)) {
      ConvolutionInput input = new ConvolutionInput(backward, window, group(backward), weight);
      backward.give(0, input.gradient(gradient));
    }
    if (backward.wants(1)) {
      backward.give(1, weightGradient(backward, window, backward.input(0), gradient));
    }
    giveBias(backward);
  }

  /** The gradient at the input of a transposed convolution is the convolution itself. */
  private static void transposedConvolution(Backward backward) {
    Value gradient = backward.gradient();
    long[] sizes = backward.sizes(backward.input(0));
    Window window = Window.transposed(backward.node(), Shape.of(sizes), kernel(backward));
    if (backward.wants(0)) {
      long[] begins = window.padsBegin();
      long[] ends = reach(window, window.inputSizes(), backward.sizes(gradient));
      Attributes attributes =
          Frame.unstrided(window.dilations(), Frame.spatialPads(begins, ends))
              .with("strides", window.strides())
              .with("group", group(backward));
      Value framed = Frame.crop(backward, gradient, begins, ends);
      backward.give(0, backward.apply("Conv", attributes, framed, backward.input(1)));
    }
    if (backward.wants(1)) {
      backward.give(1, weightGradient(backward, window, gradient, backward.input(0)));
    }
    giveBias(backward);
  }

  /**
   * Padding at the end with which a kernel that moves over {@code wide} stands at exactly as many
   * positions as {@code narrow} has elements; negative where elements at the end are not reached.
   */
  private static long[] reach(Window window, long[] narrow, long[] wide) {
    return IntStream.range(0, window.rank())
        .mapToLong(
            i -> {
              Window.Axis axis = window.axes().get(i);
              return (narrow[i] - 1) * axis.stride()
                  + axis.extent()
                  - wide[i + 2]
                  - axis.padBegin();
            })
        .toArray();
  }

  /**
   * The gradient at the weight, {@code dW[m, c, k] = sum over n, o of narrow[n, m, o] * wide[n, c,
   * o * stride + k * dilation - pad]}: a convolution with batch and channels exchanged, and strides
   * and dilations too.
   *
   * @param wide {@code [N, C, ...]}, the side of the larger sizes
   * @param narrow {@code [N, M, ...]}
   */
  private static Value weightGradient(Backward backward, Window window, Value wide, Value narrow) {
    long[] sizes = backward.sizes(wide);
    long[] narrowSizes = backward.sizes(narrow);
    int group = (int) group(backward);
    long[] begins = window.padsBegin();
    long[] ends = reach(window, Arrays.copyOfRange(narrowSizes, 2, narrowSizes.length), sizes);
    Value framed = Frame.crop(backward, wide, begins, ends);
    long[] framedSizes = backward.sizes(framed);
    long channels = sizes[1] / group;
    Value byGroup = backward.reshape(framed, regroup(framedSizes, sizes[0], group, channels));
    int[] exchange = IntStream.range(0, byGroup.rank()).toArray();
    exchange[0] = 2;
    exchange[1] = 1;
    exchange[2] = 0;
    long[] merged = framedSizes.clone();
    merged[0] = channels;
    merged[1] = group * sizes[0];
    Value images = backward.reshape(backward.transpose(byGroup, exchange), merged);
    int[] swap = IntStream.range(0, narrow.rank()).toArray();
    swap[0] = 1;
    swap[1] = 0;
    Attributes attributes =
        Frame.unstrided(window.strides(), Frame.spatialPads(begins, ends))
            .with("strides", window.dilations())
            .with("group", group);
    Value kernels = backward.transpose(narrow, swap);
    return backward.transpose(backward.apply("Conv", attributes, images, kernels), swap);
  }

  /** Sizes with the first two replaced by three. */
  private static long[] regroup(long[] sizes, long first, long second, long third) {
    long[] regrouped = new long[sizes.length + 1];
    System.arraycopy(sizes, 2, regrouped, 3, sizes.length - 2);
    regrouped[0] = first;
    regrouped[1] = second;
    regrouped[2] = third;
    return regrouped;
  }

  private static void giveBias(Backward backward) {
    if (backward.has(2) && backward.wants(2)) {
      Value gradient = backward.gradient();
      backward.give(2, backward.reduceSum(gradient, false, Frame.allButChannels(gradient)));
    }
  }

  private static long[] kernel(Backward backward) {
    long[] sizes = backward.sizes(backward.input(1));
    return Arrays.copyOfRange(sizes, 2, sizes.length);
  }

  private static long group(Backward backward) {
    return backward.attributes().integer("group", 1);
  }
}
