package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import java.util.ArrayList;
import java.util.List;

/** Gradients of products that ONNX Runtime's optimizer has fused with their neighbours. */
final class FusedProducts {
  private FusedProducts() {}

  static List<GradientEntry> entries() {
    return List.of(
        Contributed.decomposed("FusedConv", convolutions()),
        Contributed.decomposed("FusedGemm", general()),
        Contributed.decomposed("FusedMatMul", matrices("FusedMatMul")),
        Contributed.decomposed("TransposeMatMul", matrices("TransposeMatMul").subList(0, 5)));
  }

  private static List<GradientCase> convolutions() {
    String name = "FusedConv";
    GradientCase plain = Contributed.of(name, random(1, 2, 5, 5), random(3, 2, 3, 3), random(3));
    float[] two = {0.2f, 0.6f};
    return List.of(
        plain.with("activation", "Tanh"),
        plain.with("activation", "Sigmoid", "strides", new long[] {2, 2}),
        plain.with("activation", "Relu", "pads", new long[] {1, 1, 1, 1}),
        plain.with("activation", "LeakyRelu", "activation_params", new float[] {0.2f}),
        plain.with("activation", "Clip", "activation_params", new float[] {-1, 2}),
        plain.with("activation", "HardSigmoid", "activation_params", two),
        Contributed.of(name, random(1, 2, 5, 5), random(3, 2, 3, 3), random(3), random(1, 3, 3, 3))
            .with("activation", "Tanh")
            .named("with a sum"),
        Contributed.of(name, random(1, 4, 5, 5), random(4, 2, 3, 3))
            .with("activation", "Tanh", "group", 2, "dilations", new long[] {2, 2}),
        plain.named("no activation"),
        Contributed.of(name, random(1, 4, 8, 9), random(4, 2, 3, 2), random(4))
            .with(
                "activation",
                "LeakyRelu",
                "activation_params",
                new float[] {0.2f},
                "kernel_shape",
                new long[] {3, 2},
                "group",
                2,
                "dilations",
                new long[] {2, 3},
                "strides",
                new long[] {2, 1},
                "pads",
                new long[] {1, 0, 2, 3}),
        Contributed.of(name, random(1, 2, 5, 5), random(3, 2, 3, 3), absent(), random(1, 3, 5, 5))
            .with("activation", "Tanh", "auto_pad", "SAME_UPPER"));
  }

  private static List<GradientCase> general() {
    String name = "FusedGemm";
    GradientCase plain = Contributed.of(name, random(2, 3), random(3, 4), random(4));
    return List.of(
        plain.with("activation", "Tanh"),
        plain.with("activation", "Relu", "alpha", 0.5, "beta", 2.0),
        plain.with("activation", "LeakyRelu", "activation_alpha", 0.3),
        plain.with("activation", "HardSigmoid", "activation_alpha", 0.1, "activation_beta", 0.4),
        Contributed.of(name, random(3, 2), random(4, 3), absent())
            .with("activation", "Sigmoid", "transA", 1, "transB", 1),
        Contributed.of(name, random(3, 2), random(3, 4))
            .with(
                "activation",
                "HardSigmoid",
                "activation_alpha",
                0.1,
                "activation_beta",
                0.4,
                "transA",
                1,
                "alpha",
                0.5),
        Contributed.of(name, random(2, 3), random(4, 3), random(4))
            .with(
                "activation",
                "HardSigmoid",
                "activation_alpha",
                0.1,
                "activation_beta",
                0.4,
                "transB",
                1,
                "beta",
                2.0));
  }

  private static List<GradientCase> matrices(String name) {
    List<GradientCase> cases = new ArrayList<>();
    cases.add(Contributed.of(name, random(2, 3), random(3, 4)).with("alpha", 0.5));
    cases.add(Contributed.of(name, random(3, 2), random(3, 4)).with("transA", 1));
    cases.add(Contributed.of(name, random(2, 3), random(4, 3)).with("transB", 1));
    cases.add(
        Contributed.of(name, random(2, 3, 2), random(2, 4, 3))
            .with("transA", 1, "transB", 1, "alpha", 2.0));
    cases.add(Contributed.of(name, random(2, 2, 3), random(3, 4)).with("alpha", 2.0));
    cases.add(Contributed.of(name, random(2, 3, 4), random(3, 4, 2)).with("transBatchA", 1));
    cases.add(Contributed.of(name, random(3, 2, 4), random(4, 3, 5)).with("transBatchB", 1));
    cases.add(
        Contributed.of(name, random(2, 3, 4), random(2, 3, 4))
            .with("transBatchA", 1, "transBatchB", 1, "transB", 1));
    cases.add(
        Contributed.of(name, random(4, 3, 2), random(4, 3, 5))
            .with("transBatchA", 1, "transBatchB", 1, "transA", 1, "alpha", 0.5));
    return cases;
  }

  private static Input random(long... sizes) {
    return smallSteps(-2, 2, sizes);
  }
}
