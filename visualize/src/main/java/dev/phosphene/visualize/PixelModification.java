package dev.phosphene.visualize;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.parameterization.PixelImage;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/** Input modifiers of the user's, applied to parameters that are the input itself. */
record PixelModification(List<InputModifier> modifiers, InputSpace space)
    implements Ascent.Modification {

  PixelModification {
    modifiers = List.copyOf(modifiers);
  }

  /**
   * Checks that a recipe optimizes the input itself.
   *
   * @throws PhospheneException where it does not
   */
  static void requirePixels(Recipe recipe) {
    if (!(recipe.parameterization() instanceof PixelImage)) {
      throw new PhospheneException(
          "The recipe %s does not optimize pixels, so input modifiers cannot change them; use a transform, or a recipe of pixels such as keras-vis"
              .formatted(recipe.name()));
    }
  }

  @Override
  public void pre(float[] parameters, Random random) {
    for (InputModifier modifier : modifiers) {
      apply(modifier::pre, parameters, random);
    }
  }

  @Override
  public void post(float[] parameters, Random random) {
    for (int i = modifiers.size() - 1; i >= 0; i--) {
      apply(modifiers.get(i)::post, parameters, random);
    }
  }

  private void apply(BiFunction<Tensor, Random, Tensor> change, float[] parameters, Random random) {
    float[] changed = space.fromModel(change.apply(space.toModel(parameters), random));
    System.arraycopy(changed, 0, parameters, 0, parameters.length);
  }
}
