package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipe keras-vis against what keras-vis' method computes with Keras on TensorFlow. */
class KerasVisRecipeTest {
  /** Reordering float32 sums moves the input after forty steps by up to this much. */
  private static final double TOLERANCE = 2e-3;

  /** Without regularizers the descent is badly conditioned: only its start is comparable. */
  private static final int COMPARABLE_WITHOUT_PRIORS = 4;

  /**
   * Below this, differences of a loss are compared with this and not with the loss: the maximum of
   * an image, 1e-3 here, jumps from pixel to pixel and moves more than any sum.
   */
  private static final double SMALL_LOSS = 1e-2;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "class_3",
        "class_3_and_1",
        "class_3_negate",
        "conv_b_filter_7",
        "class_3_tv_beta_1_5_lp_inf",
        "class_3_no_priors"
      })
  void agreesInAllLossesOfAllIterations(String name) throws IOException {
    JsonNode reference = references().get(name);
    JsonNode arguments = reference.get("arguments");
    Picture best = picture(arguments, Recipe.Kept.LOWEST_LOSS);
    assertThat(best.losses()).hasSize(reference.get("losses").size());

    boolean priors = arguments.path("tv_w").asDouble(10) != 0;
    int comparable = priors ? best.losses().size() : COMPARABLE_WITHOUT_PRIORS;
    double worst = 0;
    for (int i = 0; i < comparable; i++) {
      worst = Math.max(worst, difference(reference.get("losses").get(i), best.losses().get(i)));
    }
    System.out.printf("keras-vis %s: losses differ by at most %.1e%n", name, worst);
    assertThat(worst).isLessThan(TOLERANCE);
    if (priors) {
      Picture last = picture(arguments, Recipe.Kept.LAST);
      double ofBest = relativeError(best.input(), SmoothNetwork.stored(name + "_best"));
      double ofLast = relativeError(last.input(), SmoothNetwork.stored(name + "_last"));
      System.out.printf("    best input differs by %.1e, last by %.1e%n", ofBest, ofLast);
      assertThat(ofBest).isLessThan(TOLERANCE);
      assertThat(ofLast).isLessThan(TOLERANCE);
    }
  }

  private static JsonNode references() throws IOException {
    try (InputStream json =
        KerasVisRecipeTest.class.getResourceAsStream("kerasvis/kerasvis.json")) {
      return new ObjectMapper().readTree(json);
    }
  }

  private Picture picture(JsonNode arguments, Recipe.Kept kept) {
    return ActivationMaximization.of(SmoothNetwork.in(folder))
        .layer(arguments.get("layer").asText())
        .filters(
            StreamSupport.stream(arguments.get("filters").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray())
        .seedInput(SmoothNetwork.stored("seed"))
        .threads(1)
        .recipe(recipe(arguments).with(changes -> changes.kept(kept)))
        .run();
  }

  private static Recipe recipe(JsonNode arguments) {
    boolean maximum = arguments.path("p").asText().equals("inf");
    double p = maximum ? Double.POSITIVE_INFINITY : LpNorm.DEFAULT_P;
    double beta = arguments.path("beta").asDouble(TotalVariation.DEFAULT_BETA);
    List<WeightedLoss> losses =
        List.of(
            WeightedLoss.weighted(new ActivationLoss(), arguments.path("act_w").asDouble(1)),
            WeightedLoss.weighted(new LpNorm(p), arguments.path("lp_w").asDouble(10)),
            WeightedLoss.weighted(new TotalVariation(beta), arguments.path("tv_w").asDouble(10)));
    boolean negate = arguments.path("negate").asBoolean(false);
    return Recipe.KERAS_VIS.with(
        changes ->
            changes
                .losses(losses)
                .iterations(arguments.get("iters").asInt())
                .gradientModifier(negate ? GradientModifier.NEGATE : GradientModifier.NONE));
  }

  /** The largest relative difference of the losses of one iteration to their references. */
  private static double difference(JsonNode expected, Losses found) {
    Map<String, Double> terms = found.terms();
    List<Double> values =
        List.of(
            found.overall(),
            terms.getOrDefault("activation", 0.0),
            terms.getOrDefault("lp norm", 0.0),
            terms.getOrDefault("total variation", 0.0));
    double worst = 0;
    for (int column = 0; column < values.size(); column++) {
      double reference = expected.get(column).asDouble();
      double scale = Math.max(Math.abs(reference), SMALL_LOSS);
      worst = Math.max(worst, Math.abs(values.get(column) - reference) / scale);
    }
    return worst;
  }

  private static double relativeError(Tensor found, Tensor expected) {
    double[] a = found.toDoubles();
    double[] b = expected.toDoubles();
    double error = 0;
    double norm = 0;
    for (int i = 0; i < b.length; i++) {
      error += (a[i] - b[i]) * (a[i] - b[i]);
      norm += b[i] * b[i];
    }
    return Math.sqrt(error / norm);
  }
}
