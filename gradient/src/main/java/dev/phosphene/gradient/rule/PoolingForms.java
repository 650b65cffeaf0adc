package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Attributes;
import java.util.ArrayList;
import java.util.List;

/** Attributes of poolings on which their gradients are checked. */
final class PoolingForms {
  private PoolingForms() {}

  /** For inputs {@code [N, C, 7, 8]}, without padding, with windows that overlap. */
  static List<Attributes> overlapping() {
    return List.of(
        form("kernel_shape", new long[] {3, 3}),
        form("kernel_shape", new long[] {3, 2}, "strides", new long[] {2, 1}),
        form("kernel_shape", new long[] {2, 3}, "dilations", new long[] {2, 3}),
        form(
            "kernel_shape",
            new long[] {3, 3},
            "dilations",
            new long[] {2, 2},
            "strides",
            new long[] {2, 2}));
  }

  /** For inputs {@code [N, C, 7, 8]}, with windows that reach beyond the input. */
  static List<Attributes> padded() {
    return List.of(
        form("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1}),
        form(
            "kernel_shape",
            new long[] {3, 3},
            "strides",
            new long[] {2, 2},
            "pads",
            new long[] {1, 1, 1, 1}),
        form(
            "kernel_shape",
            new long[] {3, 4},
            "strides",
            new long[] {2, 3},
            "pads",
            new long[] {0, 2, 1, 1}),
        form(
            "kernel_shape",
            new long[] {3, 3},
            "strides",
            new long[] {2, 2},
            "pads",
            new long[] {1, 1, 1, 1},
            "ceil_mode",
            1),
        form("kernel_shape", new long[] {3, 3}, "strides", new long[] {2, 2}, "ceil_mode", 1),
        form("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}, "ceil_mode", 1),
        form("kernel_shape", new long[] {3, 3}, "auto_pad", "SAME_UPPER"),
        form(
            "kernel_shape",
            new long[] {3, 3},
            "auto_pad",
            "SAME_LOWER",
            "strides",
            new long[] {2, 3}),
        form(
            "kernel_shape",
            new long[] {2, 2},
            "auto_pad",
            "SAME_UPPER",
            "strides",
            new long[] {2, 2}));
  }

  /** For inputs {@code [N, C, 7, 8]}, with windows that do not overlap. */
  static List<Attributes> apart() {
    return List.of(
        form("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}),
        form("kernel_shape", new long[] {3, 4}, "strides", new long[] {3, 4}),
        form("kernel_shape", new long[] {2, 1}, "strides", new long[] {3, 2}),
        form("kernel_shape", new long[] {7, 8}),
        form("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}, "auto_pad", "VALID"));
  }

  /** For inputs {@code [N, C, 7, 8]}, where attributes meet. */
  static List<Attributes> together() {
    List<Attributes> forms = new ArrayList<>();
    long[] kernel = {3, 2};
    long[] strides = {2, 3};
    long[] dilations = {2, 3};
    for (String side : List.of("SAME_UPPER", "SAME_LOWER", "VALID")) {
      Attributes auto = form("kernel_shape", kernel, "auto_pad", side);
      forms.add(auto);
      forms.add(auto.with("ceil_mode", 1));
      forms.add(auto.with("ceil_mode", 1).with("strides", strides));
    }
    forms.add(form("kernel_shape", kernel, "auto_pad", "VALID", "dilations", dilations));
    Attributes padded =
        form("kernel_shape", kernel, "dilations", dilations, "pads", new long[] {1, 0, 1, 1});
    forms.add(padded);
    forms.add(padded.with("ceil_mode", 1));
    forms.add(padded.with("ceil_mode", 1).with("strides", strides));
    return forms;
  }

  /** For inputs {@code [N, C, 9]}. */
  static List<Attributes> ofLines() {
    return List.of(
        form("kernel_shape", new long[] {3}, "strides", new long[] {2}),
        form("kernel_shape", new long[] {3}, "pads", new long[] {1, 2}),
        form("kernel_shape", new long[] {2}, "strides", new long[] {2}, "ceil_mode", 1));
  }

  /** For inputs {@code [N, C, 4, 5, 6]}. */
  static List<Attributes> ofCubes() {
    return List.of(
        form("kernel_shape", new long[] {2, 3, 2}, "strides", new long[] {1, 2, 2}),
        form(
            "kernel_shape",
            new long[] {3, 2, 3},
            "strides",
            new long[] {2, 2, 2},
            "pads",
            new long[] {1, 0, 1, 1, 1, 0}));
  }

  private static Attributes form(Object... namesAndValues) {
    return Attributes.of(namesAndValues);
  }
}
