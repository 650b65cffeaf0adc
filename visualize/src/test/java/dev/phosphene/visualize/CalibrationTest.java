package dev.phosphene.visualize;

import static dev.phosphene.visualize.NamedLayers.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.optimizer.Sgd;
import dev.phosphene.visualize.parameterization.PixelImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of regularizers that are relative to the objective, on a linear network. */
class CalibrationTest {
  private static final int SIDE = 8;
  private static final int ELEMENTS = SIDE * SIDE;

  @TempDir Path folder;

  /**
   * The gradient of {@code w x} is w, and that of the L2 norm of n elements divided by n has the
   * norm 1/n at every image.
   */
  @Test
  void aRegularizerPullsAsHardAsItsWeightSays() {
    Recipe recipe =
        Recipe.NATURAL.with(
            changes ->
                changes
                    .parameterization(PixelImage.KERAS_VIS)
                    .transforms(List.of())
                    .optimizer(Sgd.withRate(0.1))
                    .loss(new LpNorm(2), 0.5));
    List<Picture> made = run(2).recipe(recipe).iterations(2).each(0, 1).runAll();
    for (Picture picture : made) {
      double gradient = norm(kernel(2), picture.filters().get(0));
      double expected = 0.5 * gradient * ELEMENTS;
      System.out.printf(
          "filter %s: weight %.6g, expected %.6g%n",
          picture.filters(), picture.weights().get("lp norm"), expected);
      assertThat(picture.weights()).containsEntry("activation", 1.0);
      assertThat(picture.weights().get("lp norm")).isCloseTo(expected, withinPercentage(0.01));
    }
  }

  @Test
  void weightsFollowTheSizeOfActivations() {
    List<Double> weights = new ArrayList<>();
    List<Tensor> inputs = new ArrayList<>();
    for (float size : new float[] {1e-3f, 1, 1e3f}) {
      Picture picture = run(size).loss(new TotalVariation(2), 0.7).filters(0).iterations(8).run();
      weights.add(picture.weights().get("total variation") / size);
      inputs.add(picture.input());
      assertThat(picture.diagnosis()).isEmpty();
    }
    System.out.println("weights over sizes of activations " + weights);
    assertThat(weights.get(0)).isCloseTo(weights.get(1), withinPercentage(0.1));
    assertThat(weights.get(2)).isCloseTo(weights.get(1), withinPercentage(0.1));
    for (int i = 0; i < ELEMENTS; i++) {
      assertThat(inputs.get(2).getDouble(i))
          .isCloseTo(inputs.get(1).getDouble(i), withinPercentage(1));
    }
  }

  @Test
  void thePictureStartsAnewAfterTheTrial() {
    Picture none = run(1).filters(0).iterations(6).run();
    Picture next = run(1).loss(new TotalVariation(2), 1e-12).filters(0).iterations(6).run();
    assertThat(next.image().toBytes()).isEqualTo(none.image().toBytes());
  }

  @Test
  void absoluteWeightsStayAsTheyAre() {
    Recipe recipe =
        Recipe.NATURAL.with(
            changes -> changes.weights(Recipe.Weights.ABSOLUTE).loss(new TotalVariation(2), 0.25));
    Picture picture = run(5).recipe(recipe).filters(0).iterations(2).run();
    assertThat(picture.weights())
        .containsEntry("activation", 1.0)
        .containsEntry("total variation", 0.25);
  }

  private static double norm(float[] kernel, int filter) {
    double squares = 0;
    for (int i = filter * ELEMENTS; i < (filter + 1) * ELEMENTS; i++) {
      squares += (double) kernel[i] * kernel[i];
    }
    return Math.sqrt(squares);
  }

  /** Of two filters as large as the image; the second weighs a tenth. */
  private static float[] kernel(float size) {
    Random random = new Random(8);
    float[] kernel = new float[2 * ELEMENTS];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = size * (float) random.nextGaussian() * (i < ELEMENTS ? 1 : 0.1f);
    }
    return kernel;
  }

  private ActivationMaximization run(float size) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, Shape.of(1, 1, SIDE, SIDE));
    Value kernel = builder.constant("kernel", Tensor.of(kernel(size), 2, 1, SIDE, SIDE));
    Value output = node(builder, "conv", "Conv", image, kernel);
    Path file = folder.resolve("linear.onnx");
    OnnxWriter.write(builder.build(List.of(output.name())), file);
    return ActivationMaximization.of(Model.open(file)).threads(1);
  }
}
