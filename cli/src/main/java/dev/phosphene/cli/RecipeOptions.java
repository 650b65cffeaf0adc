package dev.phosphene.cli;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.transform.Jitter;
import dev.phosphene.visualize.transform.RandomAffine;
import dev.phosphene.visualize.transform.Transform;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How pictures are made: a recipe, and what is different in it. */
final class RecipeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

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

  @Mixin private ObjectiveOption objective;
  @Mixin private RegularizerOptions regularizers;
  @Mixin private OptimizerOptions optimizers;

  @Mixin private ParameterizationOption parameterization;
  @Mixin private TransformOption transforms;

  @Option(
      names = "--jitter",
      paramLabel = "J",
      converter = JitterConverter.class,
      description =
          "Largest random shift of the image at each step, in the place of the recipe's: 8 pixels,"
              + " or 0.05 of each axis, or 4,8 for one number an axis; 0 for none.")
  private @Nullable Jitter jitter;

  @Mixin private BackpropOption backprop;
  @Mixin private GradientModifierOption gradientModifier;

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
      try {
        return Recipe.preset(name);
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Reads a number, or one for each axis. */
  static final class JitterConverter implements ITypeConverter<Jitter> {
    @Override
    public Jitter convert(String text) {
      List<Double> amounts = new ArrayList<>();
      try {
        for (String part : text.split(",", -1)) {
          amounts.add(Double.parseDouble(part));
        }
        return new Jitter(amounts);
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "expected a number such as 8 or 0.05, or one for each axis such as 4,8, found \"%s\""
                .formatted(text));
      } catch (PhospheneException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /**
   * The recipe as chosen.
   *
   * @throws ParameterException where the changes make no recipe
   * @throws PhospheneException where a file that an option names cannot be used
   */
  Recipe recipe() {
    Recipe changed = changed();
    List<WeightedLoss> losses = objective.in(changed.losses());
    return changed.with(changes -> changes.losses(losses));
  }

  private Recipe changed() {
    try {
      return recipe.with(
          changes -> {
            if (iterations != null) {
              changes.iterations(iterations);
            }
            optimizers.change(recipe, changes);
            List<Transform> random = transforms.or(recipe.transforms());
            changes
                .parameterization(parameterization.or(recipe.parameterization()))
                .transforms(jitter == null ? random : jittered(random, jitter))
                .backprop(backprop.or(recipe.backprop()))
                .gradientModifier(gradientModifier.or(recipe.gradientModifier()))
                .losses(regularizers.losses(recipe));
          });
    } catch (PhospheneException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Transforms with this shift in the place of theirs. */
  private static List<Transform> jittered(List<Transform> random, Jitter shift) {
    List<Transform> transforms = new ArrayList<>();
    for (Transform transform : random) {
      if (transform instanceof RandomAffine affine) {
        transforms.add(affine.withJitter(0));
      } else if (!(transform instanceof Jitter)) {
        transforms.add(transform);
      }
    }
    if (shift.amounts().stream().anyMatch(amount -> amount > 0)) {
      transforms.add(shift);
    }
    return transforms;
  }
}
