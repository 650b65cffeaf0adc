package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;
import static dev.phosphene.gradient.GradientCase.smallSteps;
import static dev.phosphene.gradient.GradientCase.uniform;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Gradients of operators that read images between their pixels: in boxes, or at offsets. */
final class Sampling {
  private Sampling() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of("RoiAlign", DecomposedRule.of("RoiAlign"), regions()),
        GradientEntry.of("DeformConv", DecomposedRule.of("DeformConv"), deformed()));
  }

  private static List<GradientCase> regions() {
    Input boxes =
        fixed(
            Tensor.of(
                new float[] {0.3f, 1.2f, 3.4f, 4.1f, -1, 2, 5.5f, 3, 2, 2, 2.4f, 2.2f}, 3, 4));
    GradientCase plain = GradientCase.of("RoiAlign", random(2, 2, 5, 6), boxes, integers(1, 0, 1));
    // Samples on the border would tie for the maximum.
    Input inner = fixed(Tensor.of(new float[] {0.3f, 1.2f, 3.4f, 4.1f}, 1, 4));
    GradientCase maxima =
        GradientCase.of("RoiAlign", smallSteps(-2, 2, 2, 2, 5, 6), inner, integers(1));
    List<GradientCase> cases = new ArrayList<>();
    for (String mode : List.of("avg", "max")) {
      for (String coordinates : List.of("half_pixel", "output_half_pixel")) {
        cases.add(
            (mode.equals("max") ? maxima : plain)
                .with(
                    "mode",
                    mode,
                    "coordinate_transformation_mode",
                    coordinates,
                    "sampling_ratio",
                    2,
                    "output_height",
                    2,
                    "output_width",
                    3));
      }
    }
    cases.add(plain.with("sampling_ratio", 3, "spatial_scale", 0.5, "output_height", 2));
    cases.add(
        plain.with(
            "sampling_ratio",
            2,
            "spatial_scale",
            0.5,
            "output_width",
            2,
            "coordinate_transformation_mode",
            "output_half_pixel"));
    cases.add(
        maxima.with(
            "sampling_ratio",
            2,
            "spatial_scale",
            0.8,
            "mode",
            "max",
            "coordinate_transformation_mode",
            "output_half_pixel"));
    cases.add(plain.with("sampling_ratio", 2));
    return cases;
  }

  private static List<GradientCase> deformed() {
    String name = "DeformConv";
    Input x = random(1, 4, 5, 5);
    // Away from whole numbers, where the slope jumps.
    Input offsets = uniform(0.2, 0.8, 1, 8, 4, 4);
    Input weights = random(3, 4, 2, 2);
    long[] kernel = {2, 2};
    return List.of(
        GradientCase.of(name, x, weights, offsets).named("kernel_shape by default"),
        GradientCase.of(
                name,
                x,
                random(4, 2, 2, 2),
                uniform(0.2, 0.8, 1, 16, 3, 3),
                random(4),
                uniform(0, 1, 1, 8, 3, 3))
            .with(
                "group",
                2,
                "offset_group",
                2,
                "strides",
                new long[] {2, 2},
                "pads",
                new long[] {1, 1, 1, 1},
                "dilations",
                new long[] {2, 2}),
        GradientCase.of(name, x, weights, uniform(0.2, 0.8, 1, 16, 5, 4), random(3))
            .with("offset_group", 2, "pads", new long[] {1, 0, 0, 0}),
        GradientCase.of(name, x, random(4, 2, 2, 2), uniform(0.2, 0.8, 1, 8, 2, 4), random(4))
            .with("group", 2, "strides", new long[] {2, 1}),
        GradientCase.of(
                name,
                x,
                weights,
                uniform(0.2, 0.8, 1, 8, 3, 2),
                absent(),
                uniform(0, 1, 1, 4, 3, 2))
            .with("dilations", new long[] {2, 3}),
        GradientCase.of(name, x, weights, offsets).with("kernel_shape", kernel),
        GradientCase.of(name, x, weights, offsets, random(3), uniform(0, 1, 1, 4, 4, 4))
            .with("kernel_shape", kernel)
            .named("bias and mask"),
        GradientCase.of(name, x, random(4, 2, 2, 2), uniform(0.2, 0.8, 1, 16, 4, 4))
            .with("kernel_shape", kernel, "group", 2, "offset_group", 2),
        GradientCase.of(name, x, weights, uniform(-0.8, -0.2, 1, 8, 3, 3), absent())
            .with(
                "kernel_shape",
                kernel,
                "strides",
                new long[] {2, 2},
                "pads",
                new long[] {1, 1, 1, 1},
                "dilations",
                new long[] {2, 2}));
  }
}
