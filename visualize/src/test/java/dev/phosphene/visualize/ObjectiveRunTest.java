package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.visualize.loss.ActivationLoss;
import dev.phosphene.visualize.loss.AgainstRestLoss;
import dev.phosphene.visualize.loss.AlignmentLoss;
import dev.phosphene.visualize.loss.DirectionLoss;
import dev.phosphene.visualize.loss.DiversityLoss;
import dev.phosphene.visualize.loss.LayerLoss;
import dev.phosphene.visualize.loss.Loss;
import dev.phosphene.visualize.loss.NeuronLoss;
import dev.phosphene.visualize.loss.WeightedLoss;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Objectives in whole runs: they are reached, recorded, and may lie across pictures. */
class ObjectiveRunTest {
  private static final String LAYER = "conv_b";
  private static final List<Float> DIRECTION = List.of(1f, -1f, 0f, 0f, 0f, 0f, 0f, 0f, 2f, 0f);

  @TempDir Path folder;

  static Stream<Loss> recorded() {
    return Stream.of(
        NeuronLoss.CENTRE,
        new NeuronLoss(List.of(1, 2)),
        new LayerLoss(),
        new DirectionLoss(DIRECTION, 2),
        new AgainstRestLoss());
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void areReachedAndRecorded(Loss loss) {
    ActivationMaximization run = run(loss, 1).layer("conv_c").iterations(12).each(2);
    List<Picture> made = run.runAll();
    List<Losses> losses = made.get(0).losses();
    assertThat(losses.get(11).overall()).isLessThan(losses.get(0).overall());
    RunRecord record = run.record(made);
    assertThat(PictureRecord.fromJson(record.toJson())).isEqualTo(record);
  }

  @Test
  void picturesOfOneFilterStartFromDifferentNoise() {
    List<Picture> facets = run(new ActivationLoss(), 1).each(3, 3, 1).iterations(2).runAll();
    assertThat(facets.get(0).image()).isNotEqualTo(facets.get(1).image());
    Picture alone = run(new ActivationLoss(), 1).each(3).iterations(2).run();
    assertThat(alone.image()).isEqualTo(facets.get(0).image());
  }

  @Test
  void diversityMakesPicturesDiffer() {
    Loss diversity = new DiversityLoss("conv_c"); // signed, so that textures can be opposite
    ActivationMaximization run = run(diversity, 5).each(3, 3, 3).iterations(24);
    List<Picture> facets = run.runAll();
    double without = last(run(diversity, 1e-6).each(3, 3, 3).iterations(24).runAll(), "diversity");
    assertThat(last(facets, "diversity")).isLessThan(without - 0.05);
    RunRecord record = run.record(facets);
    assertThat(PictureRecord.fromJson(record.toJson())).isEqualTo(record);
  }

  @Test
  void alignmentMakesNeighboursAlike() {
    Loss alignment = new AlignmentLoss(LAYER);
    double with = last(run(alignment, 20).each(0, 1, 2).iterations(24).runAll(), "alignment");
    double without = last(run(alignment, 1e-6).each(0, 1, 2).iterations(24).runAll(), "alignment");
    assertThat(with).isLessThan(without / 2);
  }

  @Test
  void picturesThatDependOnEachOtherHaveToFitIntoOneBatch() {
    int[] many = new int[17];
    assertThatThrownBy(() -> run(new DiversityLoss(LAYER), 1).each(many).runAll())
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("Pictures that share a part or a loss are made in one batch");
  }

  private ActivationMaximization run(Loss loss, double weight) {
    return ActivationMaximization.of(SmoothNetwork.in(folder))
        .recipe(
            Recipe.NATURAL.with(
                changes ->
                    changes
                        .transforms(List.of())
                        .losses(
                            loss.spansPictures()
                                ? List.of(
                                    WeightedLoss.weighted(new ActivationLoss(), 1),
                                    WeightedLoss.weighted(loss, weight))
                                : List.of(WeightedLoss.weighted(loss, weight)))))
        .threads(1);
  }

  /** The mean over pictures of a term at the last step. */
  private static double last(List<Picture> made, String term) {
    return made.stream()
        .mapToDouble(picture -> picture.losses().get(picture.losses().size() - 1).terms().get(term))
        .average()
        .orElseThrow();
  }
}
