package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.loss.WeightedLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How much the activation counts, and how much what keeps the image in bounds. */
final class RegularizerOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--act-weight",
      paramLabel = "W",
      converter = WeightConverter.class,
      description = "Weight of the activation; 0 leaves it out.")
  private @Nullable Double activationWeight;

  @Option(
      names = "--lp-weight",
      paramLabel = "W",
      converter = WeightConverter.class,
      description =
          "Weight of the L-p norm of the image; 0 leaves it out. With natural and maco it says how"
              + " many times as hard as the objective it pulls, such as 0.5.")
  private @Nullable Double lpWeight;

  @Option(
      names = "--lp-p",
      paramLabel = "P",
      converter = NormConverter.class,
      description = "The p of that norm: a number of at least 1, or inf; 6 if not given.")
  private @Nullable LpNorm norm;

  @Option(
      names = "--tv-weight",
      paramLabel = "W",
      converter = WeightConverter.class,
      description = "Weight of the total variation of the image, likewise.")
  private @Nullable Double variationWeight;

  @Option(
      names = "--tv-beta",
      paramLabel = "B",
      converter = VariationConverter.class,
      description = "The beta of the total variation: a number above 0; 2 if not given.")
  private @Nullable TotalVariation variation;

  /** Reads a finite number. */
  static final class WeightConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      double weight = number(text);
      if (!Double.isFinite(weight)) {
        throw new TypeConversionException("expected a number, found \"%s\"".formatted(text));
      }
      return weight;
    }
  }

  /** Reads the p of a norm. */
  static final class NormConverter implements ITypeConverter<LpNorm> {
    @Override
    public LpNorm convert(String text) {
      String p = text.strip().toLowerCase(Locale.ROOT);
      try {
        return new LpNorm(
            p.equals("inf") || p.equals("infinity") ? Double.POSITIVE_INFINITY : number(text));
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads the beta of total variation. */
  static final class VariationConverter implements ITypeConverter<TotalVariation> {
    @Override
    public TotalVariation convert(String text) {
      try {
        return new TotalVariation(number(text));
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("expected a number, found \"%s\"".formatted(text));
    }
  }

  /** The losses of a recipe, with what is different in them. */
  List<WeightedLoss> losses(Recipe recipe) {
    List<WeightedLoss> losses = new ArrayList<>(recipe.losses());
    change(losses, new ActivationLoss(), null, activationWeight);
    change(losses, new LpNorm(LpNorm.DEFAULT_P), norm, lpWeight);
    change(losses, new TotalVariation(TotalVariation.DEFAULT_BETA), variation, variationWeight);
    requireUse(recipe, losses, norm, "--lp-p", "--lp-weight");
    requireUse(recipe, losses, variation, "--tv-beta", "--tv-weight");
    return losses;
  }

  /** A loss that the recipe does not have joins the others where it gets a weight. */
  private static void change(
      List<WeightedLoss> losses, Loss usual, @Nullable Loss other, @Nullable Double weight) {
    for (int i = 0; i < losses.size(); i++) {
      WeightedLoss present = losses.get(i);
      if (present.loss().isSameKind(usual)) {
        losses.set(
            i,
            WeightedLoss.weighted(
                other == null ? present.loss() : other,
                weight == null ? present.weight() : weight));
        return;
      }
    }
    if (weight != null) {
      losses.add(WeightedLoss.weighted(other == null ? usual : other, weight));
    }
  }

  private void requireUse(
      Recipe recipe,
      List<WeightedLoss> losses,
      @Nullable Loss loss,
      String option,
      String weightOption) {
    if (loss != null && losses.stream().noneMatch(other -> other.loss().isSameKind(loss))) {
      throw new ParameterException(
          spec.commandLine(),
          "Option %s has no effect: the recipe %s has no such loss; give it a weight with %s"
              .formatted(option, recipe.name(), weightOption));
    }
  }
}
