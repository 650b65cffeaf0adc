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
            Arithmetic.entries(),
            Combinations.entries(),
            ContributedActivations.entries(),
            Conversions.entries(),
            Functions.entries(),
            Gathering.entries(),
            Joining.entries(),
            MatrixProducts.entries(),
            Ordering.entries(),
            Padding.entries(),
            Powers.entries(),
            Rectifiers.entries(),
            Reductions.entries(),
            Repetition.entries(),
            Reshaping.entries(),
            Scattering.entries(),
            Slicing.entries(),
            SmoothActivations.entries(),
            Softmaxes.entries(),
            WithoutGradient.entries())
        .flatMap(List::stream)
        .toList();
  }
}
