package dev.phosphene.visualize;

import static dev.phosphene.visualize.NamedLayers.node;
import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Activation;
import dev.phosphene.model.InputContract;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.transform.Jitter;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Wrong use is refused before any work: the network of these tests is such that ONNX Runtime cannot
 * compile it, so whatever gets that far fails with another message.
 */
class WrongUseTest {
  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, Shape.of(1, 3, 6, 5));
    Value kernel = builder.constant("kernel", Tensor.of(new float[4 * 3 * 9], 4, 3, 3, 3));
    Value convolved = node(builder, "conv", "Conv", image, kernel);
    // The runtime asks for an odd size when it makes the kernel.
    Value output = node(builder, "norm", "LRN", Attributes.of("size", 2), convolved);
    Path file = folder.resolve("trap.onnx");
    OnnxWriter.write(builder.build(List.of(output.name())), file);
    model = Model.open(file);
  }

  @Test
  void rightUseFailsAtTheRuntimeOnly() {
    assertThatThrownBy(() -> run().run())
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("ONNX Runtime");
  }

  @Test
  void noFilter() {
    assertRefused(() -> run().filters(), "No filter was chosen; choose one or more");
    assertRefused(() -> run().each(), "No filter was chosen; choose one or more");
    assertRefused(() -> run().pictures(List.of(List.of(1), List.of())), "No filter was chosen");
    assertRefused(() -> run().filters(4).run(), "Layer \"norm\" has filters 0 to 3, found 4");
    assertRefused(() -> run().filters(-1).run(), "Layer \"norm\" has filters 0 to 3, found -1");
  }

  @Test
  void regularizersOutOfRange() {
    assertRefused(() -> new LpNorm(0.9), "should be at least 1, found 0.9");
    assertRefused(() -> new LpNorm(Double.NaN), "should be at least 1, found NaN");
    assertRefused(() -> new TotalVariation(0), "above 0 and finite, found 0.0");
    assertRefused(
        () -> weighted(new LpNorm(2), Double.NaN), "\"lp norm\" should be a finite number");
  }

  @Test
  void jitterOfWrongAmounts() {
    assertRefused(() -> new Jitter(-0.1), "0 or more, found -0.1");
    assertRefused(
        () -> run().modifier(new Jitter(1, 2, 3)).run(), "Jitter should have one number or 2");
  }

  @Test
  void rangeReversed() {
    assertRefused(
        () -> model.inputContract().withRange(1, -1, InputContract.Source.OPTION),
        "expected two numbers, the lower one first");
  }

  @Test
  void seedOfWrongShape() {
    assertRefused(
        () -> run().seedInput(Tensor.of(new float[90], 1, 6, 5, 3)).run(),
        "should have the shape [1, 3, 6, 5], found [1, 6, 5, 3]");
    assertRefused(
        () -> Gradient.of(model).filters(1).at(Tensor.of(new float[90], 1, 6, 5, 3)),
        "should have the shape [1, 3, 6, 5], found [1, 6, 5, 3]");
  }

  @Test
  void namesThatThereAreNot() {
    assertRefused(
        () -> GradientModifier.named("invrt"),
        "\"invrt\"; there are none, negate, absolute, invert, relu, small_values");
    assertRefused(
        () -> BackpropModifier.named("guide"),
        "\"guide\"; expected one of none, guided, rectified (deconv and relu are rectified)");
    assertRefused(() -> Recipe.preset("keras"), "\"keras\"; there are natural, keras-vis");
    assertRefused(() -> Activation.named("rleu"), "\"rleu\"; expected one of linear, relu,");
    assertRefused(() -> run().layer("nrm").run(), "norm");
    assertRefused(() -> model.withActivation("nrm", Activation.RELU), "norm");
    assertRefused(() -> run().layer(-3).run(), "-3");
  }

  @Test
  void lossesThatDoNotCount() {
    assertRefused(
        () -> run().losses(weighted(new ActivationLoss(), 0), weighted(new LpNorm(2), 0)),
        "At least one loss should have a weight other than 0");
    assertRefused(
        () ->
            Gradient.of(model)
                .losses(weighted(new ActivationLoss(), 0))
                .at(Tensor.of(new float[90], 1, 3, 6, 5)),
        "At least one loss should have a weight other than 0");
  }

  @Test
  void lossThatIsAMap() {
    assertRefused(
        () ->
            ActivationMaximization.minimizing(
                    model, weighted(scene -> scene.layer("conv").filter(1), 1))
                .run(),
        "Loss \"loss\" should give one number a picture");
  }

  @Test
  void inputModifierOfAnImageThatIsNoPixels() {
    assertRefused(
        () -> run().recipe(Recipe.NATURAL).modifier(new InputModifier() {}).run(),
        "The recipe natural does not optimize pixels");
  }

  @Test
  void numberOfIterationsOutOfRange() {
    assertRefused(() -> run().iterations(0), "should be from 1 to 1000000, found 0");
  }

  @Test
  void severalPicturesWhereOneIsAskedFor() {
    assertRefused(() -> run().each(0, 1).run(), "This run makes 2 pictures; use runAll()");
  }

  private ActivationMaximization run() {
    return ActivationMaximization.of(model).recipe(Recipe.KERAS_VIS).filters(1).iterations(1);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(message)
        .satisfies(refusal -> assertThat(refusal.getMessage().lines()).hasSize(1));
  }
}
