package dev.phosphene.cli;

import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How pictures are made: a recipe, and what is different in it. */
final class RecipeOptions {
  @Option(
      names = "--recipe",
      paramLabel = "NAME",
      converter = PresetConverter.class,
      completionCandidates = PresetNames.class,
      description = "How pictures are made: ${COMPLETION-CANDIDATES}; natural if not given.")
  private Recipe recipe = Recipe.NATURAL;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "Number of steps, in the place of the recipe's.")
  private @Nullable Integer iterations;

  @Option(
      names = "--gradient-modifier",
      paramLabel = "NAME",
      description = "What happens to the gradient before each step: ${COMPLETION-CANDIDATES}.")
  private @Nullable GradientModifier gradientModifier;

  @Option(
      names = "--activation-weight",
      paramLabel = "W",
      description = "Weight of the activation; 0 leaves it out.")
  private @Nullable Double activationWeight;

  @Option(
      names = "--lp-norm-weight",
      paramLabel = "W",
      description = "Weight of the Lp norm of the image; 0 leaves it out.")
  private @Nullable Double lpNormWeight;

  @Option(
      names = "--tv-weight",
      paramLabel = "W",
      description = "Weight of the total variation of the image; 0 leaves it out.")
  private @Nullable Double totalVariationWeight;

  /** The names of the presets. */
  static final class PresetNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Recipe.PRESETS.stream().map(Recipe::name).iterator();
    }
  }

  /** From a preset's name to the preset. */
  static final class PresetConverter implements ITypeConverter<Recipe> {
    @Override
    public Recipe convert(String name) {
      return Recipe.PRESETS.stream()
          .filter(preset -> preset.name().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected one of %s, found \"%s\""
                          .formatted(String.join(", ", new PresetNames()), name)));
    }
  }

  /**
   * The recipe as chosen.
   *
   * @throws dev.phosphene.graph.PhospheneException where the changes make no recipe
   */
  Recipe recipe() {
    return recipe.with(
        changes -> {
          if (iterations != null) {
            changes.iterations(iterations);
          }
          if (gradientModifier != null) {
            changes.gradientModifier(gradientModifier);
          }
          changes.losses(losses());
        });
  }

  private List<WeightedLoss> losses() {
    List<WeightedLoss> losses = new ArrayList<>(recipe.losses());
    weigh(losses, new ActivationLoss(), activationWeight);
    weigh(losses, new LpNorm(LpNorm.DEFAULT_P), lpNormWeight);
    weigh(losses, new TotalVariation(TotalVariation.DEFAULT_BETA), totalVariationWeight);
    return losses;
  }

  /** Changes the weight of a loss, which joins the others where the recipe does not have it. */
  private static void weigh(List<WeightedLoss> losses, Loss loss, @Nullable Double weight) {
    if (weight == null) {
      return;
    }
    boolean present = losses.stream().anyMatch(other -> isSameKind(other.loss(), loss));
    if (!present) {
      losses.add(WeightedLoss.weighted(loss, weight));
    }
    losses.replaceAll(
        other ->
            isSameKind(other.loss(), loss) ? WeightedLoss.weighted(other.loss(), weight) : other);
  }

  private static boolean isSameKind(Loss one, Loss other) {
    return one.getClass().equals(other.getClass());
  }
}
