package dev.phosphene.visualize;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;

import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.transform.Jitter;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each argument of keras-vis' activation maximization against its method written in PyTorch. */
class RecipeRunReferenceTest {
  private static final References STORED = References.of("runs");

  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  @Test
  void followsTheDefaults() {
    assertAgrees(class3(), "defaults");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "infinity"})
  void takesThePOfTheNorm(String p) {
    double number = p.equals("infinity") ? Double.POSITIVE_INFINITY : Double.parseDouble(p);
    assertAgrees(class3().losses(losses(1, 10, number, 10, 2)), "lp_" + p);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void takesTheBetaOfTotalVariation(int beta) {
    assertAgrees(class3().losses(losses(1, 10, 6, 10, beta)), "beta_" + beta);
  }

  @Test
  void leavesOutTermsOfWeightZero() {
    assertAgrees(class3().losses(losses(1, 0, 6, 10, 2)), "without_lp");
    assertAgrees(class3().losses(losses(1, 10, 6, 0, 2)), "without_tv");
    assertAgrees(class3().losses(losses(0, 10, 6, 10, 2)), "without_activation");
  }

  @Test
  void takesOtherWeights() {
    assertAgrees(class3().losses(losses(5, 30, 6, 3, 2)), "other_weights");
  }

  private static WeightedLoss[] losses(double act, double lp, double p, double tv, double beta) {
    return new WeightedLoss[] {
      weighted(new ActivationLoss(), act),
      weighted(new LpNorm(p), lp),
      weighted(new TotalVariation(beta), tv)
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"negate", "absolute", "invert", "relu", "small_values"})
  void takesGradientModifiers(String name) {
    assertAgrees(class3().gradientModifier(GradientModifier.named(name)), name);
  }

  @Test
  void takesAGradientModifierOfOnesOwn() {
    ActivationMaximization run =
        class3()
            .gradientModifier(
                gradient -> {
                  for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = Math.max(-0.01f, Math.min(0.02f, gradient[i]));
                  }
                });
    assertAgrees(run, "own_gradient_modifier");
  }

  @Test
  void leavesGradientsAsLongAsTheyAre() {
    Recipe raw = Recipe.KERAS_VIS.with(it -> it.normalizeGradient(false).iterations(6));
    assertAgrees(class3().recipe(raw), "not_normalized");
  }

  @Test
  void jitters() {
    assertAgrees(class3().seed(11).iterations(10).modifier(new Jitter(0.1)), "jitter_share");
    assertAgrees(class3().seed(11).iterations(10).modifier(new Jitter(0.25, 3)), "jitter_axes");
    assertAgrees(class3().seed(11).iterations(10).modifier(new Jitter(3)), "jitter_positions");
    assertAgrees(class3().seed(11).iterations(10).modifier(new Jitter(0, 4)), "jitter_of_one_axis");
  }

  @Test
  void appliesAnInputModifierBeforeAndAfterEachStep() {
    InputModifier clipAndFade =
        new InputModifier() {
          @Override
          public Tensor pre(Tensor input, Random random) {
            return changed(input, x -> Math.max(-5, Math.min(4, x)));
          }

          @Override
          public Tensor post(Tensor input, Random random) {
            return changed(input, x -> 0.99 * x);
          }
        };
    assertAgrees(class3().modifier(clipAndFade), "clip_and_fade");
  }

  @Test
  void appliesInputModifiersInOrderBeforeAndInReverseAfterEachStep() {
    assertAgrees(
        class3()
            .modifier(around(x -> 0.9 * x, x -> x + 0.1))
            .modifier(around(x -> x + 0.2, x -> 0.8 * x)),
        "two_modifiers");
  }

  @Test
  void givesInputModifiersTheRandomNumbersOfThePicture() {
    InputModifier flickering =
        new InputModifier() {
          @Override
          public Tensor pre(Tensor input, Random random) {
            double shift = 0.125 * (random.nextInt(3) - 1);
            return changed(input, x -> x + shift);
          }

          @Override
          public Tensor post(Tensor input, Random random) {
            double gain = 1 + 0.25 * random.nextDouble();
            return changed(input, x -> x * gain);
          }
        };
    assertAgrees(
        class3().seed(-5).modifier(flickering).modifier(new Jitter(0.1)), "random_modifier");
  }

  /** A change of every element of an input. */
  private interface Change {
    double of(double element);
  }

  private static InputModifier around(Change pre, Change post) {
    return new InputModifier() {
      @Override
      public Tensor pre(Tensor input, Random random) {
        return changed(input, pre);
      }

      @Override
      public Tensor post(Tensor input, Random random) {
        return changed(input, post);
      }
    };
  }

  private static Tensor changed(Tensor input, Change change) {
    float[] elements = input.toFloats().clone();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) change.of(elements[i]);
    }
    return Tensor.of(elements, input.sizes());
  }

  @Test
  void startsFromNoiseOfTheInputRange() {
    assertAgrees(noise(-1, 1), "noise");
    assertAgrees(noise(0, 255), "noise_of_bytes");
  }

  private ActivationMaximization noise(double low, double high) {
    return ActivationMaximization.of(model)
        .filters(3)
        .recipe(Recipe.KERAS_VIS)
        .iterations(6)
        .threads(1)
        .seed(7)
        .inputContract(model.inputContract().withRange(low, high, InputContract.Source.OPTION));
  }

  @Test
  void minimizesLossesOfOnesOwn() {
    Loss striped = scene -> scene.layer("conv_b").filter(7).mean().negative();
    Loss dull =
        scene -> scene.layer("conv_a").filters(2, 5).meanOverPositions().sum().exponential();
    ActivationMaximization run =
        ActivationMaximization.minimizing(
                model, weighted(striped, 2), weighted(dull, 0.5), weighted(new LpNorm(6), 10))
            .seedInput(SmoothNetwork.stored("seed"))
            .threads(1)
            .iterations(6);
    assertAgrees(run, "own_losses");
  }

  private ActivationMaximization class3() {
    return ActivationMaximization.of(model)
        .layer("predictions")
        .filters(3)
        .recipe(Recipe.KERAS_VIS)
        .iterations(6)
        .seedInput(SmoothNetwork.stored("seed"))
        .threads(1);
  }

  private static void assertAgrees(ActivationMaximization run, String name) {
    RunComparison.assertAgrees(run.run(), STORED, name);
  }
}
