package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.LpNorm;
import dev.phosphene.visualize.loss.WeightedLoss;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationMaximizationTest {
  private static final Recipe SHORT = Recipe.NATURAL.with(changes -> changes.iterations(8));

  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void open() {
    model = SmoothNetwork.in(folder);
  }

  @Test
  void excitesTheChosenFilter() {
    List<Picture> pictures =
        each(0, 1, 2, 3, 4).recipe(SHORT.with(changes -> changes.iterations(40))).runAll();
    assertThat(pictures).hasSize(5);
    for (Picture picture : pictures) {
      List<Losses> losses = picture.losses();
      assertThat(losses.get(losses.size() - 1).overall()).isLessThan(losses.get(0).overall() - 0.5);
      assertThat(picture.outcome()).isEqualTo(Picture.Outcome.FINISHED);
      assertThat(picture.image().width()).isEqualTo(20);
      assertThat(picture.image().height()).isEqualTo(24);
    }
  }

  @Test
  void givesTheSamePictureForTheSameSeedOnly() {
    Picture first = each(3).seed(5).runAll().get(0);
    assertThat(each(3).seed(5).runAll().get(0).image()).isEqualTo(first.image());
    assertThat(each(3).seed(6).runAll().get(0).image()).isNotEqualTo(first.image());
  }

  @Test
  void doesNotLetPicturesOfABatchMeet() {
    double alone = lastLoss(each(3).runAll().get(0));
    double beside = lastLoss(each(1, 3, 4).runAll().get(1));
    assertThat(beside).isCloseTo(alone, within(1e-3));
  }

  @Test
  void takesTheValueBeforeASoftmaxUnlessItIsKept() {
    assertThat(each(3).target().beforeSoftmax()).isTrue();
    Picture kept = each(3).softmax(true).runAll().get(0);
    assertThat(kept.losses()).allSatisfy(loss -> assertThat(loss.overall()).isBetween(-1.0, 0.0));
  }

  @Test
  void minimizesLossesOfTheUser() {
    Loss brightness = scene -> scene.image().mean();
    Recipe recipe =
        Recipe.KERAS_VIS.with(
            changes -> changes.iterations(5).losses(List.of(WeightedLoss.weighted(brightness, 2))));
    List<Losses> losses = each(0).recipe(recipe).runAll().get(0).losses();
    assertThat(losses.get(4).overall()).isLessThan(losses.get(0).overall());
    assertThat(losses.get(4).terms().values().iterator().next())
        .isCloseTo(losses.get(4).overall() / 2, within(1e-5));
  }

  @Test
  void doesNotBuildALossOfWeightZero() {
    Recipe recipe =
        SHORT.with(
            changes ->
                changes.losses(
                    List.of(
                        WeightedLoss.weighted(new ActivationLoss(), 1),
                        WeightedLoss.weighted(new LpNorm(2), 0))));
    assertThat(each(0).recipe(recipe).runAll().get(0).losses().get(0).terms())
        .containsOnlyKeys("activation");
  }

  @Test
  void keepsWhatIsThereWhenInterrupted() {
    List<Picture> pictures =
        each(0, 1)
            .onIteration(
                iteration -> {
                  if (iteration.number() == 3) {
                    Thread.currentThread().interrupt();
                  }
                })
            .runAll();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(pictures).hasSize(2);
    for (Picture picture : pictures) {
      assertThat(picture.outcome()).isEqualTo(Picture.Outcome.INTERRUPTED);
      assertThat(picture.losses()).hasSize(3);
    }
    assertThat(each(0, 1).record(pictures).recipe().iterations()).isEqualTo(3);
  }

  @Test
  void stopsBeforeNumbersThatAreNone() {
    Loss explosive = scene -> scene.image().times(1e30).exponential().sum();
    Recipe recipe =
        Recipe.KERAS_VIS.with(
            changes -> changes.losses(List.of(WeightedLoss.weighted(explosive, 1))));
    Picture picture = each(0).recipe(recipe).runAll().get(0);
    assertThat(picture.outcome()).isEqualTo(Picture.Outcome.DIVERGED);
    assertThat(
            IntStream.range(0, picture.input().elements()).mapToDouble(picture.input()::getDouble))
        .allMatch(Double::isFinite);
  }

  @Test
  void reportsEachStep() {
    List<Integer> steps = new ArrayList<>();
    each(0)
        .onIteration(
            iteration -> {
              steps.add(iteration.number());
              assertThat(iteration.state().pictures()).hasSize(1);
            })
        .runAll();
    assertThat(steps).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
  }

  @Test
  void recordsAllThatAPictureIsMadeFrom() {
    ActivationMaximization maximization = each(0, 2).seed(9);
    RunRecord record = maximization.record(maximization.runAll());
    assertThat(PictureRecord.fromJson(record.toJson())).isEqualTo(record);
    assertThat(record.pictures()).containsExactly(List.of(0), List.of(2));
    assertThat(record.model().sha256()).hasSize(64);
    assertThatThrownBy(() -> PictureRecord.fromJson("{\"seed\": 1}"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContainingAll("Not a recipe", "activation or attribution");
    assertThatThrownBy(() -> PictureRecord.fromJson("{\"kind\": \"activation\", \"sed\": 1}"))
        .isInstanceOf(PhospheneException.class)
        .hasMessageStartingWith("Not a recipe of Phosphene");
  }

  @Test
  void namesTheRangeOfFilters() {
    assertThatThrownBy(() -> each(5).runAll())
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("filters 0 to 4, found 5");
  }

  private ActivationMaximization each(int... filters) {
    return ActivationMaximization.of(model).each(filters).recipe(SHORT).threads(1);
  }

  private static double lastLoss(Picture picture) {
    return picture.losses().get(picture.losses().size() - 1).overall();
  }
}
