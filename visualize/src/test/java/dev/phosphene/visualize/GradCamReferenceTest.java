package dev.phosphene.visualize;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.attribution.Attribution;
import dev.phosphene.visualize.attribution.GradCam;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Grad-CAM against PyTorch on the smooth network, at several layers and gradient modifiers. */
class GradCamReferenceTest {
  private static final double TOLERANCE = 1e-5;
  private static final References STORED = References.of("attributions");

  @TempDir Path folder;
  private Model model;
  private final Tensor seed = SmoothNetwork.stored("seed");

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "conv_a, none",
    "conv_a, negate",
    "conv_b, none",
    "conv_b, negate",
    "conv_b, absolute",
    "conv_b, relu",
    "conv_c, none",
    "conv_c, relu"
  })
  void agreesAtAGivenLayer(String layer, String modifier) {
    Attribution found =
        GradCam.of(model)
            .filters(1)
            .penultimate(layer)
            .gradientModifier(GradientModifier.named(modifier))
            .at(seed);
    assertAgrees(found, "cam of class_1 at %s, %s".formatted(layer, modifier));
  }

  @Test
  void findsThePenultimateLayer() {
    GradCam cam = GradCam.of(model).filters(1);
    assertThat(cam.penultimate(seed.shape()).name()).isEqualTo("conv_c");
    assertAgrees(cam.at(seed), "cam of class_1 at conv_c, none");
  }

  @Test
  void isEmptyWhereNothingSpeaksForTheOutput() {
    Attribution found = GradCam.of(model).filters(3).at(seed);
    assertThat(found.raw().toFloats()).containsOnly(0);
    assertThat(found.map().strengths().toFloats()).containsOnly(0);
  }

  @Test
  void takesLossesOfOnesOwn() {
    Attribution found =
        GradCam.ofLosses(model, weighted(scene -> scene.layer("predictions").filter(1).sum(), 1))
            .penultimate("conv_b")
            .at(seed);
    assertAgrees(found, "cam of class_1 at conv_b, none");
  }

  @Test
  void namesALayerThatHasNoFeatureMaps() {
    assertThatThrownBy(() -> GradCam.of(model).filters(1).penultimate("hidden").at(seed))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"hidden\"")
        .hasMessageContaining("penultimate(...)");
  }

  @Test
  void namesALayerThatTheTargetDoesNotDependOn() {
    assertThatThrownBy(
            () -> GradCam.of(model).layer("conv_b").filters(7).penultimate("conv_c").at(seed))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"conv_b\" does not depend on layer \"conv_c\"");
  }

  private static void assertAgrees(Attribution found, String name) {
    STORED.assertClose(found.raw(), name, "raw", TOLERANCE);
    STORED.assertClose(found.map().strengths(), name, "map", TOLERANCE);
  }
}
