package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.Dimension;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.attribution.Saliency;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs that are held, shapes that are given, and inputs of whole numbers, from Java. */
class SeveralInputsTest {
  @TempDir Path folder;

  private static Shape open(int channels) {
    return Shape.of(
        List.of(
            Dimension.symbolic("N"),
            Dimension.of(channels),
            Dimension.symbolic("H"),
            Dimension.symbolic("W")));
  }

  /** {@code relu(image * mask)}, so that the gradient of a channel's mean is the mask's mean. */
  private Model masked() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, open(3));
    Value mask = builder.input("mask", ElementType.FLOAT32, open(1));
    return write(builder, builder.apply("Relu", builder.multiply(image, mask)));
  }

  /** Rows of a table whose row i is i, i, squared. */
  private Model tokens() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value ids = builder.input("ids", ElementType.INT32, Shape.of(-1, -1));
    Value table = builder.constant(Tensor.of(new float[] {0, 0, 1, 1, 2, 2, 3, 3}, 4, 2));
    Value rows = builder.apply("Gather", table, ids);
    Value squares = builder.multiply(rows, rows);
    return write(
        builder,
        builder.apply("MatMul", squares, builder.constant(Tensor.of(new float[] {1, 2}, 2, 1))));
  }

  private Model write(GraphBuilder builder, Value output) {
    Path file = folder.resolve("model.onnx");
    OnnxWriter.write(builder.build(List.of(output.name())), file);
    return Model.open(file);
  }

  private static Tensor filled(double value, long... sizes) {
    float[] elements = new float[(int) Shape.elements(sizes)];
    Arrays.fill(elements, (float) value);
    return Tensor.of(elements, sizes);
  }

  @Test
  void gradientsFollowTheHeldInput() {
    Tensor mask = Tensor.of(new float[] {1, 2, 0, -1}, 1, 1, 2, 2);
    Tensor images = filled(1, 2, 3, 2, 2);
    double[] gradient =
        Gradient.of(masked()).input("mask", mask).filters(0).at(images).gradient().toDoubles();
    // A mean over two images of four positions; what the mask makes negative, the Relu cuts.
    assertThat(Arrays.copyOf(gradient, 4))
        .containsExactly(new double[] {0.125, 0.25, 0, 0}, within(1e-9));
    assertThat(Arrays.copyOfRange(gradient, 12, 16))
        .containsExactly(new double[] {0.125, 0.25, 0, 0}, within(1e-9));
    assertThat(Gradient.of(masked()).filters(0).at(images).gradient().toDoubles()).containsOnly(0);
  }

  @Test
  void gradientsOfTokensAreThoseOfTheirRows() {
    Gradient gradient = Gradient.of(tokens()).filters(0);
    assertThat(gradient.variable().orElseThrow().kind()).isEqualTo("Gather");
    Gradient.Result result = gradient.at(Tensor.of(new long[] {3, 1}, 1, 2));
    assertThat(result.value().toDoubles()).containsExactly(3, 3, 1, 1);
    assertThat(result.gradient().toDoubles()).containsExactly(3, 6, 1, 2);
  }

  @Test
  void wholeNumbersCannotBeOptimizedOrDrawn() {
    Tensor ids = Tensor.of(new long[] {3, 1}, 1, 2);
    assertThatThrownBy(() -> ActivationMaximization.of(tokens()).filters(0).run())
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("\"ids\" takes whole numbers");
    assertThatThrownBy(() -> Saliency.of(tokens()).filters(0).at(ids))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("phosphene gradient");
  }

  @Test
  void recordsHoldShapesAndSmallInputs() {
    Tensor mask = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
    ActivationMaximization run =
        ActivationMaximization.of(masked())
            .recipe(Recipe.KERAS_VIS)
            .iterations(2)
            .shape("image", 1, 3, 2, 2)
            .input("mask", mask)
            .each(0, 1)
            .threads(1);
    List<Picture> made = run.runAll();
    RunRecord record = (RunRecord) PictureRecord.fromJson(run.record(made).toJson());
    Model again = record.model().applyTo(masked(), Map.of());
    assertThat(again.heldInputs().get("mask").toDoubles()).containsExactly(1, 2, 3, 4);
    assertThat(again.inputShapes()).containsEntry("image", Shape.of(1, 3, 2, 2));
  }

  @Test
  void recordsKnowLargeInputsByTheirHash() {
    Model model = masked().withInput("mask", filled(0.5, 1, 1, 80, 80));
    PictureRecord.ModelFile recorded = PictureRecord.ModelFile.of(model);
    assertThat(recorded.inputs().get("mask").values()).isEmpty();
    assertThatThrownBy(() -> recorded.applyTo(masked(), Map.of()))
        .hasMessageContaining("--input mask=FILE");
    assertThatThrownBy(() -> recorded.applyTo(masked(), Map.of("mask", filled(0.25, 1, 1, 80, 80))))
        .hasMessageContaining("another array");
    Model again = recorded.applyTo(masked(), Map.of("mask", filled(0.5, 1, 1, 80, 80)));
    assertThat(again.heldInputs()).containsOnlyKeys("mask");
  }

  @Test
  void recordsOfPicturesWithoutHeldInputsCanBeRead() {
    ActivationMaximization run =
        ActivationMaximization.of(masked()).shape("image", 1, 3, 2, 2).each(0);
    String json = run.recipe(Recipe.KERAS_VIS).iterations(1).record(run.runAll()).toJson();
    int inputs = json.indexOf(",\"inputs\":");
    assertThat(inputs).isPositive();
    int end = json.indexOf("}}", inputs) + 2;
    PictureRecord read = PictureRecord.fromJson(json.substring(0, inputs) + json.substring(end));
    assertThat(read.model().inputs()).isEmpty();
  }
}
