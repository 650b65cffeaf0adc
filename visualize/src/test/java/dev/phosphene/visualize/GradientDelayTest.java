package dev.phosphene.visualize;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.loss.WeightedLoss;
import dev.phosphene.visualize.optimizer.Adam;
import dev.phosphene.visualize.optimizer.Clipped;
import dev.phosphene.visualize.optimizer.Lbfgs;
import dev.phosphene.visualize.optimizer.Schedule;
import dev.phosphene.visualize.optimizer.Scheduled;
import dev.phosphene.visualize.optimizer.Sgd;
import dev.phosphene.visualize.parameterization.AlignedImage;
import dev.phosphene.visualize.transform.Jitter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose steps descend along gradients of some steps before. */
class GradientDelayTest {
  private static final int STEPS = 12;
  private static final String LAYER = "conv_a";

  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  /**
   * The mean of squares of n numbers shrinks an input by 2 rate / n of what it was then, or was
   * expected to become.
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "3, 0", "0, 1", "1, 1", "1, 1.5", "3, 0.5"})
  void descendsAlongTheGradientOfSoManyStepsBefore(int delay, double prediction) {
    double shrink = 0.2;
    int numbers = 24 * 20 * 3;
    WeightedLoss squares =
        weighted(
            scene -> scene.image().square().mean().plus(scene.layer(LAYER).mean().times(0)), 1);
    List<Tensor> inputs = new ArrayList<>();
    Picture picture =
        ActivationMaximization.minimizing(model, squares)
            .recipe(
                Recipe.KERAS_VIS.with(
                    changes ->
                        changes
                            .losses(List.of(squares))
                            .normalizeGradient(false)
                            .optimizer(new Sgd(shrink * numbers / 2, 0, false))
                            .kept(Recipe.Kept.LAST)
                            .iterations(STEPS)
                            .gradientDelay(delay)
                            .parameterPrediction(prediction)))
            .onIteration(iteration -> inputs.add(iteration.state().inputs().get(0)))
            .threads(2)
            .run();
    float start = inputs.get(0).toFloats()[0] / (float) (1 - shrink);
    double[] expected = new double[STEPS + 1];
    double[] seen = new double[STEPS];
    expected[0] = start;
    for (int step = 0; step < STEPS; step++) {
      int drawn = Math.max(0, step - delay);
      double lastStep = expected[drawn] - expected[Math.max(0, drawn - 1)];
      seen[step] = expected[drawn] + prediction * delay * lastStep;
      expected[step + 1] = expected[step] - shrink * seen[step];
      assertThat((double) inputs.get(step).toFloats()[0])
          .isCloseTo(expected[step + 1], Offset.offset(1e-5 * Math.abs(start)));
    }
    double first = picture.losses().get(0).overall();
    for (int step = 0; step < STEPS; step++) {
      double factor = seen[step] / start;
      assertThat(picture.losses().get(step).overall())
          .isCloseTo(first * factor * factor, Offset.offset(1e-5 * first));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3})
  void givesTheSamePictureHoweverManyGradientsAreComputedAtATime(int delay) {
    Picture alone = run(1, delay, 2).run();
    for (int threads : new int[] {2, 3, 5}) {
      assertSame(run(threads, delay, 2).run(), alone);
    }
    assertSame(run(2, delay, 0, 1, 2).runAll().get(2), alone);
  }

  @Test
  void picturesThatShareAPartAreDelayedTogether() {
    List<Picture> one = shared(1).runAll();
    List<Picture> two = shared(2).runAll();
    for (int i = 0; i < one.size(); i++) {
      assertSame(two.get(i), one.get(i));
    }
  }

  private ActivationMaximization shared(int threads) {
    return run(threads, 1, 0, 1, 2)
        .recipe(recipe(1).with(changes -> changes.parameterization(AlignedImage.NATURAL)));
  }

  private static void assertSame(Picture picture, Picture other) {
    assertThat(picture.losses()).isEqualTo(other.losses());
    assertThat(picture.input().toFloats()).containsExactly(other.input().toFloats());
  }

  @Test
  void tellsCallbacksOfEachStepInTurnAndEndsWhereInterrupted() {
    List<Integer> steps = new ArrayList<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Picture kept =
        run(2, 1, 0)
            .onIteration(
                iteration -> {
                  steps.add(iteration.number());
                  threads.add(Thread.currentThread());
                  if (iteration.number() == 4) {
                    Thread.currentThread().interrupt();
                  }
                })
            .run();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(steps).containsExactly(1, 2, 3, 4);
    assertThat(threads).containsExactly(Thread.currentThread());
    assertThat(kept.outcome()).isEqualTo(Picture.Outcome.INTERRUPTED);
    assertThat(kept.losses()).hasSize(4);
  }

  @Test
  void noThreadStaysAfterAFailure() throws InterruptedException {
    ActivationMaximization run =
        run(2, 1, 0).modifier(SeveralAtATimeTest.failing(new AtomicInteger(), 6));
    assertThatThrownBy(run::run).isInstanceOf(PhospheneException.class).hasMessage("Draw 6 fails");
    SeveralAtATimeTest.assertThatNoThreadStays();
  }

  @Test
  void methodsThatCompareGradientsTakeNoDelayedOnes() {
    for (var optimizer :
        List.of(
            Lbfgs.withRate(1),
            new Scheduled(Lbfgs.withRate(1), new Schedule.Constant()),
            new Clipped(Lbfgs.withRate(1), 1))) {
      assertThat(recipe(1).with(changes -> changes.optimizer(optimizer)).gradientDelay()).isZero();
      assertThatThrownBy(
              () -> recipe(0).with(changes -> changes.optimizer(optimizer).gradientDelay(2)))
          .isInstanceOf(PhospheneException.class)
          .hasMessageContaining("does not take delayed gradients");
    }
    Adam adam = Adam.withRate(0.1);
    assertThat(recipe(1).with(changes -> changes.optimizer(adam)).gradientDelay()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Recipe.LONGEST_DELAY + 1})
  void aDelayOutOfRangeIsRefused(int delay) {
    assertThatThrownBy(() -> recipe(delay))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("late by 0 to 16 steps, found " + delay);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 2.5, Double.NaN})
  void aPredictionOutOfRangeIsRefused(double prediction) {
    assertThatThrownBy(() -> recipe(1).with(it -> it.parameterPrediction(prediction)))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("from 0 to 2.0, found " + prediction);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradientDelay\":0", "parameterPrediction\":0.0"})
  void recordsOfBeforeHaveNone(String setting) {
    ActivationMaximization run = run(1, 0, 2);
    run.recipe(run.recipe().with(changes -> changes.parameterPrediction(0)));
    RunRecord record = run.record(run.runAll());
    String older = record.toJson().replace(",\"" + setting, "");
    assertThat(older).isNotEqualTo(record.toJson());
    assertThat(PictureRecord.fromJson(older)).isEqualTo(record);
  }

  private ActivationMaximization run(int threads, int delay, int... filters) {
    return ActivationMaximization.of(model)
        .each(filters)
        .recipe(recipe(delay))
        .modifier(new Jitter(2))
        .threads(threads);
  }

  private static Recipe recipe(int delay) {
    return Recipe.NATURAL.with(changes -> changes.iterations(STEPS).gradientDelay(delay));
  }
}
