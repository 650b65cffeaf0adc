package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.optimizer.Adam;
import dev.phosphene.visualize.optimizer.Clipped;
import dev.phosphene.visualize.optimizer.Lbfgs;
import dev.phosphene.visualize.optimizer.NAdam;
import dev.phosphene.visualize.optimizer.Optimizer;
import dev.phosphene.visualize.optimizer.Schedule;
import dev.phosphene.visualize.optimizer.Scheduled;
import dev.phosphene.visualize.optimizer.Sgd;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs with other optimizers, and runs that stop where there is nothing more to gain. */
class OptimizerRunTest {
  @TempDir Path folder;

  static Stream<Optimizer> optimizers() {
    return Stream.of(
        NAdam.withRate(0.05),
        Sgd.withRate(1),
        Lbfgs.withRate(1),
        new Clipped(Adam.withRate(0.05), 1),
        new Scheduled(Adam.withRate(0.05), new Schedule.Constant()),
        new Scheduled(Adam.withRate(0.05), new Schedule.Cosine(0.1)),
        new Scheduled(Adam.withRate(0.05), new Schedule.Stairs(4, 0.5)),
        new Clipped(
            new Scheduled(Sgd.withRate(1), new Schedule.WarmUp(3, new Schedule.Constant())), 2));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everyOptimizerDescendsAndIsRecorded(Optimizer optimizer) {
    ActivationMaximization run = run(optimizer, 0).iterations(12).each(2);
    List<Picture> made = run.runAll();
    List<Losses> losses = made.get(0).losses();
    assertThat(losses.get(11).overall()).isLessThan(losses.get(0).overall() - 0.01);
    RunRecord record = run.record(made);
    assertThat(PictureRecord.fromJson(record.toJson())).isEqualTo(record);
  }

  @Test
  void stopsEachPictureOnItsOwnPlateau() {
    // The rate falls to nothing after four steps, and so does what a step gains.
    Optimizer ending = new Scheduled(Adam.withRate(0.05), new Schedule.Stairs(4, 1e-30));
    ActivationMaximization run = run(ending, 3).iterations(40).each(2, 3);
    List<Picture> made = run.runAll();
    assertThat(made)
        .allSatisfy(
            picture -> {
              assertThat(picture.outcome()).isEqualTo(Picture.Outcome.PLATEAU);
              assertThat(picture.losses().size()).isBetween(7, 12);
            });
    RunRecord record = run.record(made);
    assertThat(record.recipe().iterations()).isEqualTo(40);
    Picture alone = run(ending, 3).iterations(40).each(3).run();
    assertThat(alone.losses()).hasSameSizeAs(made.get(1).losses());
    assertThat(run(ending, 0).iterations(40).each(2).run().losses()).hasSize(40);
  }

  @Test
  void recordsOfBeforeHaveNoPatience() {
    ActivationMaximization run = run(Adam.withRate(0.05), 0).iterations(2).each(2);
    RunRecord record = run.record(run.runAll());
    String older = record.toJson().replace(",\"patience\":0", "");
    assertThat(older).isNotEqualTo(record.toJson());
    assertThat(PictureRecord.fromJson(older)).isEqualTo(record);
  }

  private ActivationMaximization run(Optimizer optimizer, int patience) {
    return ActivationMaximization.of(SmoothNetwork.in(folder))
        .recipe(
            Recipe.NATURAL.with(
                changes ->
                    changes
                        .transforms(List.of())
                        .normalizeGradient(false)
                        .losses(List.of())
                        .loss(new ActivationLoss(), 1)
                        .optimizer(optimizer)
                        .patience(patience)))
        .threads(1);
  }
}
