package dev.phosphene.visualize;

import static dev.phosphene.visualize.NamedLayers.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.operator.StandardOperators;
import dev.phosphene.model.Model;
import dev.phosphene.model.onnx.OnnxWriter;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.diagnosis.Diagnosis;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each diagnosis, provoked in a network of one convolution and what comes after it. */
class DiagnosisTest {
  private static final Recipe PIXELS =
      Recipe.KERAS_VIS.with(
          changes ->
              changes
                  .iterations(12)
                  .losses(List.of())
                  .loss(new ActivationLoss(), 1)
                  .kept(Recipe.Kept.LAST));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"natural", "keras-vis"})
  void deadUnit(String recipe) {
    Recipe few = Recipe.preset(recipe).with(changes -> changes.iterations(3));
    List<Picture> made = run("Relu", few, 0, -1000).each(0, 1).runAll();
    assertThat(made.get(0).diagnosis()).isEmpty();
    Diagnosis dead = made.get(1).diagnosis().orElseThrow();
    assertThat(dead.kind()).isEqualTo("dead-unit");
    assertThat(dead.words()).contains("0 at all 3 steps; start from").doesNotContain("\n");
  }

  @Test
  void pictureOfADeadUnitIsGray() {
    Picture dead = run("Relu", Recipe.NATURAL, 0, -1000).iterations(12).run();
    for (byte value : dead.image().toBytes()) {
      assertThat(Byte.toUnsignedInt(value)).isBetween(120, 136);
    }
  }

  @Test
  void unitThatIsOnlyClosedAtAGrayImageIsWoken() {
    Picture woken = run("Relu", Recipe.NATURAL, 0, -0.4f).iterations(24).run();
    assertThat(woken.losses().get(0).overall()).isZero();
    assertThat(woken.lowestLoss()).isNegative();
    assertThat(woken.diagnosis()).isEmpty();
  }

  @Test
  void saturatedSoftmax() {
    Picture kept = run("Softmax", Recipe.NATURAL, 0, 1e4f).iterations(3).softmax(true).run();
    Diagnosis saturated = kept.diagnosis().orElseThrow();
    assertThat(saturated.kind()).isEqualTo("saturated-softmax");
    assertThat(saturated.words()).contains("at 3 of 3 steps", "take the value before the softmax");
    Picture before = run("Softmax", Recipe.NATURAL, 0, 1e4f).iterations(3).run();
    assertThat(before.diagnosis()).isEmpty();
  }

  @Test
  void saturatedSoftmaxBesideARegularizer() {
    Recipe recipe = PIXELS.with(changes -> changes.loss(new TotalVariation(2), 1));
    Picture kept = run("Softmax", recipe, 0, 1e4f).softmax(true).run();
    assertThat(kept.diagnosis().orElseThrow().kind()).isEqualTo("saturated-softmax");
  }

  @Test
  void objectiveThatNothingChanges() {
    Picture picture = run("HardSigmoid", PIXELS, 1e4f, 1e4f).run();
    Diagnosis unreachable = picture.diagnosis().orElseThrow();
    assertThat(unreachable.kind()).isEqualTo("unreachable-objective");
    assertThat(unreachable.finding())
        .isEqualTo(
            "Nothing in the input changes the objective: it is -1.00, and its gradient 0, at all 12"
                + " steps");
  }

  @Test
  void objectiveThatDoesNotImprove() {
    ActivationMaximization run = run("Tanh", PIXELS, 0, 0).seedInput(ramp()).modifier(new Fading());
    Diagnosis unreachable = run.run().diagnosis().orElseThrow();
    assertThat(unreachable.kind()).isEqualTo("unreachable-objective");
    assertThat(unreachable.finding()).startsWith("The objective did not improve: it went from -");
  }

  /** Brings every picture a bit nearer to nothing, whatever its steps were. */
  private static final class Fading implements InputModifier {
    @Override
    public Tensor post(Tensor input, Random random) {
      float[] faded = input.toFloats();
      for (int i = 0; i < faded.length; i++) {
        faded[i] *= 0.001f;
      }
      return Tensor.of(faded, input.sizes());
    }
  }

  @Test
  void descentOfTheObjectiveIsNoFaultWhereItWasAskedFor() {
    Recipe negated = PIXELS.with(changes -> changes.gradientModifier(GradientModifier.NEGATE));
    assertThat(run("Tanh", negated, 0, 0).run().diagnosis()).isEmpty();
  }

  @Test
  void regularizerThatDominates() {
    Recipe recipe = PIXELS.with(changes -> changes.loss(new TotalVariation(2), 1e6));
    Tensor start = ramp();
    Picture flat = run("Tanh", recipe, 0, 0).seedInput(start).run();
    Diagnosis dominant = flat.diagnosis().orElseThrow();
    assertThat(dominant.kind()).isEqualTo("dominant-regularizer");
    assertThat(dominant.words()).contains("they fell from", "smaller weights");
    Recipe light = PIXELS.with(changes -> changes.loss(new TotalVariation(2), 1e-6));
    assertThat(run("Tanh", light, 0, 0).seedInput(start).run().diagnosis()).isEmpty();
  }

  @Test
  void lossThatIsInfinite() {
    Picture picture = run("Exp", PIXELS, 0, 1000).run();
    Diagnosis infinite = picture.diagnosis().orElseThrow();
    assertThat(infinite.kind()).isEqualTo("not-finite");
    assertThat(infinite.words())
        .startsWith("The loss \"activation\" is infinite at step 1 of 12; check what the network");
  }

  @Test
  void gradientThatIsNotANumber() {
    // The root of 0 is 0, and its slope infinite; behind a rectifier, 0 times that is NaN.
    Picture picture = run("Sqrt", PIXELS, 0, 0).seedInput(black()).run();
    Diagnosis none = picture.diagnosis().orElseThrow();
    assertThat(none.kind()).isEqualTo("not-finite");
    assertThat(none.finding()).startsWith("The gradient is ").endsWith(" at step 1 of 12");
  }

  @Test
  void recordHoldsIt() {
    ActivationMaximization run = run("Relu", Recipe.NATURAL, 0, -1000).iterations(3).each(0, 1);
    RunRecord record = run.record(run.runAll());
    assertThat(record.diagnoses()).containsOnlyKeys(1);
    assertThat(PictureRecord.fromJson(record.toJson())).isEqualTo(record);
    String older = record.toJson().replaceFirst(",\"diagnoses\":\\{.*}}", "") + "}";
    assertThat(((RunRecord) PictureRecord.fromJson(older)).diagnoses()).isEmpty();
  }

  private static final int SIDE = 8;

  private static Tensor black() {
    return Tensor.of(new float[3 * SIDE * SIDE], 1, 3, SIDE, SIDE);
  }

  /** From black on the left to white on the right, which excites the second filter. */
  private static Tensor ramp() {
    float[] ramp = new float[3 * SIDE * SIDE];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (float) (i % SIDE) / SIDE;
    }
    return Tensor.of(ramp, 1, 3, SIDE, SIDE);
  }

  /**
   * A run for the second of two edge detectors, the biases of which are given, and an operator
   * after them.
   */
  private ActivationMaximization run(String activation, Recipe recipe, float first, float second) {
    GraphBuilder builder = new GraphBuilder(StandardOperators.table());
    Value image = builder.input("image", ElementType.FLOAT32, Shape.of(1, 3, SIDE, SIDE));
    float[] edges = {1, -1, 1, -1, 1, -1, -1, 1, -1, 1, -1, 1};
    Value kernel = builder.constant("kernel", Tensor.of(edges, 2, 3, 1, 2));
    Value bias = builder.constant("bias", Tensor.of(new float[] {first, second}, 2));
    Value x = node(builder, "conv", "Conv", image, kernel, bias);
    if (activation.equals("Softmax")) {
      x = node(builder, "pool", "GlobalAveragePool", x);
      x = node(builder, "flatten", "Flatten", x);
    }
    x = node(builder, "last", activation, x);
    Path file = folder.resolve(activation + ".onnx");
    OnnxWriter.write(builder.build(List.of(x.name())), file);
    return ActivationMaximization.of(Model.open(file)).recipe(recipe).filters(1).threads(1);
  }
}
