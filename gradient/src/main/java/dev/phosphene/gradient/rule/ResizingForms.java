package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.integers;
import static dev.phosphene.gradient.GradientCase.random;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The forms of Resize on which its gradient is checked. */
final class ResizingForms {
  private ResizingForms() {}

  static List<GradientCase> cases() {
    List<GradientCase> cases = new ArrayList<>();
    for (String mode : List.of("nearest", "linear", "cubic")) {
      for (String transformation :
          List.of(
              "half_pixel",
              "half_pixel_symmetric",
              "pytorch_half_pixel",
              "align_corners",
              "asymmetric")) {
        Attributes form =
            Attributes.of("mode", mode, "coordinate_transformation_mode", transformation);
        cases.addAll(scaled(form, 2, 2, 5, 4, 2, 3));
        cases.addAll(scaled(form, 2, 2, 7, 6, 0.6f, 1.5f));
        cases.addAll(sized(form, 5, 4, 3, 9));
      }
    }
    for (String rounding : List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")) {
      Attributes form = Attributes.of("nearest_mode", rounding);
      cases.addAll(scaled(form, 2, 2, 4, 5, 2, 2));
      cases.addAll(sized(form, 4, 5, 7, 3));
      cases.addAll(sized(form.with("coordinate_transformation_mode", "asymmetric"), 4, 6, 8, 3));
    }
    Attributes cubic = Attributes.of("mode", "cubic", "cubic_coeff_a", -0.5);
    cases.addAll(sized(cubic, 4, 5, 7, 3));
    cases.addAll(sized(cubic.with("exclude_outside", 1), 4, 5, 7, 3));
    for (String mode : List.of("linear", "cubic")) {
      cases.addAll(sized(Attributes.of("mode", mode, "antialias", 1), 7, 6, 3, 4));
    }
    cases.add(
        GradientCase.of(
                "Resize", random(1, 2, 4, 5), absent(), fixed(Tensor.of(new float[] {2, 0.6f}, 2)))
            .with("axes", new long[] {2, 3}, "mode", "linear"));
    cases.add(
        GradientCase.of("Resize", random(1, 2, 4, 6), absent(), absent(), integers(8, 9))
            .with(
                "axes",
                new long[] {2, 3},
                "keep_aspect_ratio_policy",
                "not_larger",
                "mode",
                "linear"));
    for (String mode : List.of("nearest", "linear", "cubic")) {
      cases.addAll(cropped(Attributes.of("mode", mode)));
    }
    cases.add(
        GradientCase.of("Resize", random(1, 2, 2, 4), absent(), absent(), integers(1, 6))
            .with("axes", new long[] {2, 3}, "keep_aspect_ratio_policy", "not_smaller"));
    cases.addAll(together());
    cases.add(
        GradientCase.of("Resize", random(4, 5), absent(), absent(), integers(7, 5))
            .with("mode", "linear"));
    cases.add(
        GradientCase.of("Resize", random(1, 2, 3), absent(), absent(), integers(1, 2, 6))
            .with("mode", "nearest"));
    return cases;
  }

  /** Attributes of all modes where they meet. */
  private static List<GradientCase> together() {
    List<GradientCase> cases = new ArrayList<>();
    long[] axes = {-1, 2};
    for (String transformation :
        List.of(
            "half_pixel",
            "half_pixel_symmetric",
            "pytorch_half_pixel",
            "align_corners",
            "asymmetric")) {
      Attributes form = Attributes.of("coordinate_transformation_mode", transformation);
      Attributes cubic =
          form.with("mode", "cubic").with("cubic_coeff_a", -0.5).with("exclude_outside", 1);
      cases.addAll(scaled(cubic, 1, 2, 5, 4, 2, 1.5f));
      cases.addAll(
          scaled(form.with("mode", "linear").with("antialias", 1), 1, 2, 5, 6, 0.6f, 0.5f));
      cases.addAll(sized(cubic.with("antialias", 1), 5, 6, 3, 3));
      cases.add(
          GradientCase.of(
                  "Resize",
                  random(1, 2, 4, 5),
                  absent(),
                  fixed(Tensor.of(new float[] {2, 0.6f}, 2)))
              .with(form.with("axes", axes).with("mode", "cubic")));
      for (String rounding : List.of("round_prefer_ceil", "floor", "ceil")) {
        cases.addAll(sized(form.with("nearest_mode", rounding), 4, 6, 7, 3));
      }
      for (String mode : List.of("nearest", "linear", "cubic")) {
        Attributes fitted = form.with("mode", mode).with("axes", new long[] {3, 2});
        cases.addAll(
            GradientCase.of("Resize", random(1, 2, 5, 7), absent(), absent(), integers(9, 8))
                .withEach(
                    List.of(
                        fitted.with("keep_aspect_ratio_policy", "not_larger"),
                        fitted.with("keep_aspect_ratio_policy", "not_smaller"))));
      }
    }
    return cases;
  }

  private static List<GradientCase> scaled(
      Attributes form,
      long images,
      long channels,
      long height,
      long width,
      float down,
      float across) {
    Tensor scales = Tensor.of(new float[] {1, 1, down, across}, 4);
    return GradientCase.of(
            "Resize", random(images, channels, height, width), absent(), fixed(scales))
        .withEach(List.of(form));
  }

  private static List<GradientCase> cropped(Attributes form) {
    Attributes cropping = form.with("coordinate_transformation_mode", "tf_crop_and_resize");
    Tensor inner = Tensor.of(new float[] {0, 0, 0.4f, 0.6f, 1, 1, 0.6f, 0.8f}, 8);
    Tensor beyond = Tensor.of(new float[] {0, 0, -0.3f, 0.2f, 1, 1, 0.7f, 1.2f}, 8);
    Tensor ofAxes = Tensor.of(new float[] {0.4f, 0.1f, 0.9f, 0.8f}, 4);
    List<GradientCase> cases = new ArrayList<>();
    cases.addAll(
        GradientCase.of("Resize", random(1, 2, 5, 4), fixed(inner), absent(), integers(1, 2, 3, 3))
            .withEach(List.of(cropping)));
    cases.addAll(
        GradientCase.of("Resize", random(1, 2, 5, 4), fixed(beyond), absent(), integers(1, 2, 6, 3))
            .withEach(List.of(cropping.with("extrapolation_value", 10f))));
    cases.addAll(
        GradientCase.of("Resize", random(1, 2, 4, 5), fixed(ofAxes), absent(), integers(3, 6))
            .withEach(List.of(cropping.with("axes", new long[] {3, 2}))));
    return cases;
  }

  private static List<GradientCase> sized(
      Attributes form, long height, long width, long newHeight, long newWidth) {
    return GradientCase.of(
            "Resize",
            random(1, 2, height, width),
            absent(),
            absent(),
            integers(1, 2, newHeight, newWidth))
        .withEach(List.of(form));
  }
}
