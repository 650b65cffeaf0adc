package dev.phosphene.gradient.rule;

import dev.phosphene.gradient.GradientRules;
import java.util.List;
import java.util.stream.Stream;

/** The gradient rules of the standard operators. */
public final class StandardRules {
  private static final GradientRules RULES =
      GradientRules.of(Stream.of(Arithmetic.entries()).flatMap(List::stream).toList());

  private StandardRules() {}

  /** The table of all rules; exchange some with {@link GradientRules#with}. */
  public static GradientRules rules() {
    return RULES;
  }
}
