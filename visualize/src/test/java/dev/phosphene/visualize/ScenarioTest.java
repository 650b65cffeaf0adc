package dev.phosphene.visualize;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.image.Image;
import dev.phosphene.model.Activation;
import dev.phosphene.model.Model;
import dev.phosphene.session.SessionSettings;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What activation maximization is used for, one call each. What an output becomes is computed by
 * itself, by running the network on the input that was made.
 */
class ScenarioTest {
  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  @Test
  void classOfADenseOutput() {
    Picture picture = ActivationMaximization.of(model).layer("predictions").filters(3).run();
    assertThat(unit(model, picture.input(), 3)).isGreaterThan(unit(model, gray(), 3) + 2);
    assertThat(largest(model, picture.input())).isEqualTo(3);
  }

  @Test
  void twoClassesAtOnce() {
    Picture picture = ActivationMaximization.of(model).layer("predictions").filters(3, 4).run();
    double before = unit(model, gray(), 3) + unit(model, gray(), 4);
    double after = unit(model, picture.input(), 3) + unit(model, picture.input(), 4);
    assertThat(after).isGreaterThan(before + 2);
    assertThat(picture.filters()).containsExactly(3, 4);
  }

  @Test
  void labelsOfAMultiLabelOutput() {
    Model labels = model.withActivation("predictions", Activation.SIGMOID);
    Picture one = ActivationMaximization.of(labels).filters(2).run();
    assertThat(unit(labels, one.input(), 2)).isGreaterThan(0.9);
    Picture two = ActivationMaximization.of(labels).filters(1, 4).run();
    assertThat(unit(labels, two.input(), 1)).isGreaterThan(unit(labels, gray(), 1) + 0.1);
    assertThat(unit(labels, two.input(), 4)).isGreaterThan(unit(labels, gray(), 4) + 0.1);
  }

  @Test
  void regressionOutputUpAndDown() {
    Model regression = model.withActivation("predictions", Activation.LINEAR);
    double start = unit(regression, seed(), 0);
    double up = unit(regression, regressed(regression, GradientModifier.NONE), 0);
    double down = unit(regression, regressed(regression, GradientModifier.NEGATE), 0);
    System.out.printf("regression: %.3f at the seed, %.3f up, %.3f down%n", start, up, down);
    assertThat(up).isGreaterThan(start + 1);
    assertThat(down).isLessThan(start - 1);
  }

  /** From a seed, without priors; descended along the negated gradient, the last input counts. */
  private static Tensor regressed(Model regression, GradientModifier modifier) {
    return ActivationMaximization.of(regression)
        .filters(0)
        .recipe(Recipe.KERAS_VIS)
        .losses(weighted(new ActivationLoss(), 1))
        .gradientModifier(modifier)
        .iterations(5)
        .seedInput(seed())
        .run()
        .lastInput();
  }

  @Test
  void convolutionFilter() {
    Picture picture = ActivationMaximization.of(model).layer("conv_b").filters(7).run();
    double before = mean(gray());
    assertThat(mean(picture.input())).isGreaterThan(before + 0.1);
  }

  private double mean(Tensor input) {
    double[] activation =
        LayerActivation.of(model, Target.of(model, "conv_b", false), input, SessionSettings.SMALL)
            .toDoubles();
    int positions = activation.length / 12;
    double sum = 0;
    for (int i = 7 * positions; i < 8 * positions; i++) {
      sum += activation[i];
    }
    return sum / positions;
  }

  @Test
  void activationExchanged() {
    Model linear = model.withActivation("hidden", Activation.LINEAR);
    Picture picture = ActivationMaximization.of(linear).filters(3).iterations(1).run();
    assertThat(linear.activations()).containsEntry("hidden", Activation.LINEAR);
    assertThat(unit(linear, seed(), 3)).isNotCloseTo(unit(model, seed(), 3), within(1e-6));
    assertThat(picture.losses()).hasSize(1);
  }

  @Test
  void startFromAPicture() {
    byte[] rgb = new byte[3 * 40 * 48];
    new Random(4).nextBytes(rgb);
    Image picture = Image.of(40, 48, rgb);
    Picture made =
        ActivationMaximization.of(model)
            .filters(3)
            .recipe(Recipe.KERAS_VIS)
            .losses(weighted(new ActivationLoss(), 1))
            .seedInput(picture)
            .iterations(1)
            .run();
    Tensor start = Gradient.of(model).inputOf(picture);
    assertThat(-made.losses().get(0).overall()).isCloseTo(unit(model, start, 3), within(1e-5));
  }

  private static Tensor seed() {
    return SmoothNetwork.stored("seed");
  }

  private static Tensor gray() {
    return Tensor.of(new float[24 * 20 * 3], 1, 24, 20, 3);
  }

  /** A unit of the last layer, before a softmax. */
  private static double unit(Model model, Tensor input, int index) {
    return outputs(model, input)[index];
  }

  private static int largest(Model model, Tensor input) {
    double[] outputs = outputs(model, input);
    int largest = 0;
    for (int i = 1; i < outputs.length; i++) {
      largest = outputs[i] > outputs[largest] ? i : largest;
    }
    return largest;
  }

  private static double[] outputs(Model model, Tensor input) {
    return LayerActivation.of(model, Target.of(model, null, false), input, SessionSettings.SMALL)
        .toDoubles();
  }
}
