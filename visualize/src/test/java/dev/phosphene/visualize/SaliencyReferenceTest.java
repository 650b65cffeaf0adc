package dev.phosphene.visualize;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.model.Activation;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.attribution.Attribution;
import dev.phosphene.visualize.attribution.Saliency;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Saliency, and the raw gradient that it is made of, against PyTorch on the smooth network. */
class SaliencyReferenceTest {
  private static final double TOLERANCE = 1e-5;

  /** Of maps in which the smallest gradients count most, and with them their rounding. */
  private static final double INVERTED_TOLERANCE = 1e-2;

  private static final References STORED = References.of("attributions");

  @TempDir Path folder;
  private Model model;
  private final Tensor seed = SmoothNetwork.stored("seed");

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "class_3",
        "classes_3_and_1",
        "filter_7_of_conv_b",
        "all_filters_of_conv_c",
        "softmax_of_class_3",
        "sigmoids_of_classes_3_and_1"
      })
  void agreesForOutput(String name) {
    Attribution found =
        choose(Saliency.of(modelFor(name)), name).gradientModifier(GradientModifier.NONE).at(seed);
    STORED.assertClose(found.raw(), name, "gradient", TOLERANCE);
    STORED.assertClose(found.losses().overall(), name, "value", TOLERANCE);
    Gradient.Result raw = choose(Gradient.of(modelFor(name)), name).at(seed);
    STORED.assertClose(raw.gradient(), name, "gradient", TOLERANCE);
    Attribution saliency = choose(Saliency.of(modelFor(name)), name).at(seed);
    STORED.assertClose(saliency.map().strengths(), name, "map", TOLERANCE);
  }

  private Model modelFor(String name) {
    return name.startsWith("sigmoids")
        ? model.withActivation("predictions", Activation.SIGMOID)
        : model;
  }

  private static <S extends Visualization<S>> S choose(Visualization<S> any, String name) {
    return switch (name) {
      case "class_3" -> any.filters(3);
      case "classes_3_and_1", "sigmoids_of_classes_3_and_1" -> any.filters(3, 1);
      case "filter_7_of_conv_b" -> any.layer("conv_b").filters(7);
      case "all_filters_of_conv_c" -> any.layer("conv_c");
      case "softmax_of_class_3" -> any.filters(3).softmax(true);
      default -> throw new AssertionError(name);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "negate", "absolute", "relu"})
  void agreesForGradientModifier(String name) {
    Attribution found = modified(name);
    STORED.assertClose(found.map().strengths(), "class_3 " + name, "map", TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"invert", "small_values"})
  void agreesForInvertingGradientModifier(String name) {
    Attribution found = modified(name);
    STORED.assertClose(found.map().strengths(), "class_3 " + name, "map", INVERTED_TOLERANCE);
  }

  @Test
  void takesAModifierOfOnesOwn() {
    GradientModifier doubledNegative =
        gradient -> {
          for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= -2;
          }
        };
    Attribution found = Saliency.of(model).filters(3).gradientModifier(doubledNegative).at(seed);
    float[] halved = found.raw().toFloats().clone();
    for (int i = 0; i < halved.length; i++) {
      halved[i] /= -2;
    }
    STORED.assertClose(Tensor.of(halved, found.raw().sizes()), "class_3", "gradient", TOLERANCE);
  }

  private Attribution modified(String name) {
    return Saliency.of(model).filters(3).gradientModifier(GradientModifier.named(name)).at(seed);
  }

  @Test
  void keepsChannelsWhereAsked() {
    Attribution found = modified("absolute");
    STORED.assertClose(found.raw(), "class_3 absolute", "raw", TOLERANCE);
    double[] raw = STORED.array("class_3 absolute", "raw").toDoubles();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double each : raw) {
      least = Math.min(least, each);
      most = Math.max(most, each);
    }
    double[] normalized = found.normalized().toDoubles();
    assertThat(found.normalized().shape()).isEqualTo(seed.shape());
    for (int i = 0; i < raw.length; i++) {
      assertThat(normalized[i])
          .isCloseTo((raw[i] - least) / (most - least + 1e-7), within(TOLERANCE));
    }
  }

  @Test
  void takesLossesOfOnesOwn() {
    Loss striped = scene -> scene.layer("conv_b").filter(7).mean();
    Loss dull =
        Loss.named("dull", scene -> scene.layer("conv_a").filters(2, 5).meanOverPositions().sum());
    Attribution found =
        Saliency.ofLosses(
                model,
                weighted(striped, 3),
                weighted(dull, -2),
                weighted(new LpNorm(6), 10),
                weighted(new TotalVariation(2), 10))
            .gradientModifier(GradientModifier.NONE)
            .at(seed);
    STORED.assertClose(found.raw(), "own_losses", "gradient", TOLERANCE);
    STORED.assertClose(found.losses().overall(), "own_losses", "value", TOLERANCE);
    assertThat(found.losses().terms())
        .containsOnlyKeys("loss", "dull", "lp norm", "total variation");
    JsonNode expected = STORED.facts("own_losses").get("terms");
    List<Double> terms = List.copyOf(found.losses().terms().values());
    for (int i = 0; i < terms.size(); i++) {
      double reference = expected.get(i).asDouble();
      assertThat(terms.get(i)).isCloseTo(reference, within(TOLERANCE * Math.abs(reference)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"conv_b", "conv_c", "gap", "hidden"})
  void differentiatesWithRespectToAnInnerLayer(String layer) {
    Gradient.Result result = Gradient.of(model).filters(3).withRespectTo(layer).at(seed);
    STORED.assertClose(result.value(), "class_3 at " + layer, "value", TOLERANCE);
    STORED.assertClose(result.gradient(), "class_3 at " + layer, "gradient", TOLERANCE);
  }
}
