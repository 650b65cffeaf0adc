package dev.phosphene.gradient.rule;

import static dev.phosphene.gradient.GradientCase.absent;
import static dev.phosphene.gradient.GradientCase.fixed;
import static dev.phosphene.gradient.GradientCase.smallSteps;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.List;

/** Gradients of root-mean-square norms, and of norms fused with the sums before them. */
final class TransformerNormalization {
  private TransformerNormalization() {}

  static List<GradientEntry> entries() {
    return List.of(
        GradientEntry.of(
            "RMSNormalization",
            DecomposedRule.of("RMSNormalization"),
            // Stash type 11 lets the mean be float64 where the check is.
            rms("RMSNormalization", random(2, 3, 4), random(4)).named("last axis"),
            rms("RMSNormalization", random(2, 3, 4), random(3, 4))
                .with("axis", 1, "epsilon", 0.1, "stash_type", 11),
            rms("RMSNormalization", random(2, 3, 4), random(4)).with("axis", -2),
            rms("RMSNormalization", random(2, 3, 4), random(4)).with("epsilon", 0.1),
            rms("RMSNormalization", random(2, 3, 4), random(3, 4))
                .with("axis", -2, "stash_type", 11),
            rms("RMSNormalization", random(2, 3), random(2, 3)).with("axis", 0)),
        GradientEntry.of(
            "SimplifiedLayerNormalization",
            DecomposedRule.of("SimplifiedLayerNormalization"),
            rms("SimplifiedLayerNormalization", random(2, 3, 4), random(4)).named("last axis"),
            rms("SimplifiedLayerNormalization", random(2, 3, 4), random(3, 4))
                .with("axis", 1, "epsilon", 0.1),
            rms("SimplifiedLayerNormalization", random(2, 3, 4), random(3, 4)).with("axis", -2),
            rms("SimplifiedLayerNormalization", random(2, 3, 4), random(4)).with("epsilon", 0.1)),
        Contributed.decomposed("SkipLayerNormalization", skip()),
        Contributed.decomposed("SkipSimplifiedLayerNormalization", skipSimplified()),
        Contributed.decomposed("EmbedLayerNormalization", embeddings()));
  }

  private static GradientCase rms(String operator, Input x, Input scale) {
    return GradientCase.of(operator, x, scale);
  }

  private static List<GradientCase> skip() {
    String name = "SkipLayerNormalization";
    Input x = random(2, 3, 4);
    GradientCase whole = Contributed.of(name, x, x, random(4), random(4), random(4));
    return List.of(
        whole.named("both biases"),
        whole.outputs(4, 3).named("through the sum"),
        whole.with("epsilon", 0.1),
        Contributed.of(name, x, x, random(4)).named("without biases"),
        Contributed.of(name, x, x, random(4)).with("epsilon", 0.1),
        Contributed.of(name, x, random(1, 3, 4), random(4), random(4)).named("one skip for all"),
        Contributed.of(name, x, random(3, 4), random(4), absent(), random(4))
            .named("skip of two axes, bias of the sum only"));
  }

  private static List<GradientCase> skipSimplified() {
    String name = "SkipSimplifiedLayerNormalization";
    Input x = random(2, 3, 4);
    GradientCase whole = Contributed.of(name, x, x, random(4), random(4));
    return List.of(
        whole.named("with bias"),
        whole.outputs(4, 3).named("through the sum"),
        whole.with("epsilon", 0.1),
        Contributed.of(name, x, x, random(4)).named("without bias"),
        Contributed.of(name, x, x, random(4)).with("epsilon", 0.1));
  }

  private static List<GradientCase> embeddings() {
    String name = "EmbedLayerNormalization";
    Input words = indices(2, 0, 1, 3, 3, 0, 2);
    Input segments = indices(2, 0, 0, 1, 1, 1, 0);
    Input none = absent();
    Input table = random(4, 4);
    Input positions = random(5, 4);
    GradientCase whole =
        Contributed.of(name, words, segments, table, positions, random(2, 4), random(4), random(4));
    return List.of(
        whole.outputs(2, 0).named("with segments"),
        whole.with("epsilon", 0.1).outputs(2, 0),
        Contributed.of(name, words, none, table, positions, none, random(4), random(4))
            .outputs(3, 2)
            .named("without segments, through the sum"),
        Contributed.of(
                name,
                words,
                segments,
                table,
                positions,
                random(2, 4),
                random(4),
                random(4),
                none,
                indices(2, 4, 3, 2, 0, 1, 2))
            .outputs(2, 0)
            .named("positions given"),
        Contributed.of(
                name,
                words,
                none,
                table,
                positions,
                none,
                random(4),
                random(4),
                indices(2, 1, 1, 0, 1, 1, 1),
                indices(2, 4, 3, 2, 0, 1, 2))
            .with("epsilon", 0.1, "mask_index_type", 1)
            .outputs(2, 0)
            .named("without segments, mask and positions given"));
  }

  private static Input indices(int rows, long... elements) {
    return fixed(Tensor.converted(ElementType.INT32, elements, rows, elements.length / rows));
  }

  private static Input random(long... sizes) {
    return smallSteps(-2, 2, sizes);
  }
}
