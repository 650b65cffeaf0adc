package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.attribution.Attribution;
import dev.phosphene.visualize.attribution.GradCam;
import dev.phosphene.visualize.attribution.Saliency;
import dev.phosphene.visualize.transform.Jitter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Inputs of one to three dimensions, channels first and last, and rectifiers of all kinds on one
 * way: gradient, saliency, Grad-CAM and runs against PyTorch.
 */
class SmallNetworkReferenceTest {
  private static final double TOLERANCE = 1e-5;
  private static final int FILTER = 2;
  private static final References STORED = References.of("networks");

  @ParameterizedTest
  @ValueSource(
      strings = {"signal", "signal_last", "five_channels", "volume", "volume_last", "rectifiers"})
  void agrees(String name) {
    assertAgrees(name, "", BackpropModifier.NONE);
  }

  @ParameterizedTest
  @CsvSource({"guided", "rectified"})
  void agreesWithOtherGradientsOfRectifiers(String modifier) {
    assertAgrees("rectifiers", " " + modifier, BackpropModifier.named(modifier));
  }

  private static void assertAgrees(String name, String suffix, BackpropModifier backprop) {
    Model model = References.network(name);
    Tensor input = STORED.array(name + " input", "input");
    String attributed = name + " attribution" + suffix;

    Gradient.Result raw = Gradient.of(model).filters(FILTER).backprop(backprop).at(input);
    STORED.assertClose(raw.gradient(), attributed, "gradient", TOLERANCE);
    STORED.assertClose(raw.losses().overall(), attributed, "value", TOLERANCE);

    Attribution saliency = Saliency.of(model).filters(FILTER).backprop(backprop).at(input);
    STORED.assertClose(saliency.map().strengths(), attributed, "saliency", TOLERANCE);

    GradCam cam = GradCam.of(model).filters(FILTER).backprop(backprop);
    String penultimate = STORED.facts(attributed).get("penultimate").asText();
    assertThat(cam.penultimate(input.shape()).name()).isEqualTo(penultimate);
    Attribution activation = cam.at(input);
    STORED.assertClose(activation.raw(), attributed, "raw", TOLERANCE);
    STORED.assertClose(activation.map().strengths(), attributed, "cam", TOLERANCE);
    STORED.assertClose(cam.penultimate("act1").at(input).raw(), attributed, "early", TOLERANCE);

    String run = name + " run" + suffix;
    RunComparison.assertAgrees(maximization(model, input, backprop).run(), STORED, run);
    RunComparison.assertAgrees(
        maximization(model, input, backprop).modifier(new Jitter(0.2)).run(),
        STORED,
        run + " with jitter");
  }

  private static ActivationMaximization maximization(
      Model model, Tensor input, BackpropModifier backprop) {
    float[] start = input.toFloats().clone();
    for (int i = 0; i < start.length; i++) {
      start[i] *= 0.1f;
    }
    return ActivationMaximization.of(model)
        .filters(FILTER)
        .recipe(Recipe.KERAS_VIS)
        .iterations(10)
        .backprop(backprop)
        .seed(3)
        .seedInput(Tensor.of(start, input.sizes()))
        .threads(1);
  }
}
