package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.GradientEntry;
import dev.phosphene.gradient.GradientRules;
import java.util.List;
import java.util.stream.Stream;

/** The gradient rules of the standard operators. */
public final class StandardRules {
  private static final GradientRules RULES = GradientRules.of(entries());

  private StandardRules() {}

  /** The table of all rules; exchange some with {@link GradientRules#with}. */
  public static GradientRules rules() {
    return RULES;
  }

  private static List<GradientEntry> entries() {
    return Stream.of(
            Accumulating.entries(),
            Arithmetic.entries(),
            AttentionRules.entries(),
            AveragePooling.entries(),
            BlockQuantized.entries(),
            BlockRearrangement.entries(),
            CacheUpdates.entries(),
            Combinations.entries(),
            ContributedActivations.entries(),
            ContributedArrays.entries(),
            ContributedAttention.entries(),
            ContributedSequences.entries(),
            Conversions.entries(),
            Convolution.entries(),
            EinsteinSums.entries(),
            FeatureScaling.entries(),
            FourierTransforms.entries(),
            Functions.entries(),
            FusedProducts.entries(),
            Gathering.entries(),
            GeometryRules.entries(),
            GridSampling.entries(),
            Joining.entries(),
            LinearModels.entries(),
            LocalNormalization.entries(),
            Loops.entries(),
            MatrixProducts.entries(),
            MaxPooling.entries(),
            Normalization.entries(),
            OneHotEncoding.entries(),
            Ordering.entries(),
            Padding.entries(),
            Powers.entries(),
            Quantization.entries(),
            Rectifiers.entries(),
            Recurrences.entries(),
            Reductions.entries(),
            Repetition.entries(),
            Reshaping.entries(),
            Resizing.entries(),
            RotaryEmbeddings.entries(),
            Sampling.entries(),
            Scattering.entries(),
            Slicing.entries(),
            SmoothActivations.entries(),
            Softmaxes.entries(),
            TransformerNormalization.entries(),
            WithoutGradient.entries())
        .flatMap(List::stream)
        .toList();
  }
}
