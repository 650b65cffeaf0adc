package dev.phosphene.visualize;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.TotalVariation;
import dev.phosphene.visualize.optimizer.GradientModifier;
import dev.phosphene.visualize.transform.Jitter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records hold all settings of a run that keras-vis knows, and give them back. */
class RunRecordTest {
  @TempDir Path folder;

  @Test
  void holdsJitterBackpropAndGradientModifier() {
    ActivationMaximization run =
        run()
            .modifier(new Jitter(0.05))
            .modifier(new Jitter(2, 0.25))
            .backprop(BackpropModifier.GUIDED)
            .gradientModifier(GradientModifier.SMALL_VALUES)
            .losses(
                List.of(
                    weighted(new LpNorm(Double.POSITIVE_INFINITY), 3),
                    weighted(new TotalVariation(1.5), 2)));
    RunRecord record = run.record(run.runAll());
    RunRecord read = read(record);
    assertThat(read).isEqualTo(record);
    assertThat(read.recipe().transforms()).containsExactly(new Jitter(0.05), new Jitter(2, 0.25));
    assertThat(read.recipe().backprop()).isEqualTo(BackpropModifier.GUIDED);
    assertThat(read.recipe().gradientModifier()).isEqualTo(GradientModifier.SMALL_VALUES);
    assertThat(read.recipe().losses()).isEqualTo(run.recipe().losses());
    assertThat(read.start()).isEqualTo(RunRecord.startOf(SmoothNetwork.stored("seed")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "negate", "absolute", "invert", "relu", "small_values"})
  void holdsEveryGradientModifier(String name) {
    ActivationMaximization run = run().gradientModifier(GradientModifier.named(name));
    RunRecord record = run.record(run.runAll());
    assertThat(record.toJson()).contains("\"gradientModifier\":\"" + name + "\"");
    assertThat(read(record)).isEqualTo(record);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "guided", "rectified"})
  void holdsEveryBackpropModifier(String name) {
    ActivationMaximization run = run().backprop(BackpropModifier.named(name));
    RunRecord record = run.record(run.runAll());
    assertThat(record.toJson()).contains("\"backprop\":\"" + name + "\"");
    assertThat(read(record)).isEqualTo(record);
  }

  @Test
  void makesTheSameInputAgain() {
    ActivationMaximization run = run().modifier(new Jitter(0.1)).seed(4).iterations(4);
    Picture made = run.run();
    RunRecord record = read(run.record(List.of(made)));
    Picture again =
        ActivationMaximization.of(SmoothNetwork.in(folder))
            .layer(record.layer())
            .pictures(record.pictures())
            .recipe(record.recipe())
            .seed(record.seed())
            .seedInput(SmoothNetwork.stored("seed"))
            .threads(record.threads())
            .run();
    assertThat(again.input().toFloats()).containsExactly(made.input().toFloats());
  }

  @Test
  void holdsNoPartsOfOnesOwn() {
    List<ActivationMaximization> runs =
        List.of(
            run().gradientModifier(gradient -> gradient[0] = 0),
            run().backprop(rules -> rules),
            run().modifier(new InputModifier() {}),
            run().modifier((graph, images, inputs) -> graph.negate(images)),
            run().loss(Loss.named("own", scene -> scene.image().mean()), 1),
            run().losses(weighted(scene -> scene.layer("predictions").filter(1), 1)));
    for (ActivationMaximization run : runs) {
      List<Picture> made = run.runAll();
      assertThat(run.isRecordable()).isFalse();
      assertThatThrownBy(() -> run.record(made))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("of your own");
    }
  }

  private static RunRecord read(RunRecord record) {
    return (RunRecord) PictureRecord.fromJson(record.toJson());
  }

  private ActivationMaximization run() {
    return ActivationMaximization.of(SmoothNetwork.in(folder))
        .filters(3)
        .recipe(Recipe.KERAS_VIS)
        .iterations(1)
        .seedInput(SmoothNetwork.stored("seed"))
        .threads(1);
  }
}
