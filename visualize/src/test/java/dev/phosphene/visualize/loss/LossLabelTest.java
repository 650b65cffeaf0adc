package dev.phosphene.visualize.loss;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Losses;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.References;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What losses are called in logs. */
class LossLabelTest {
  @Test
  void appearsInLogsByName() {
    Loss bright = Loss.named("bright", scene -> scene.layer("fc").filter(1).negative());
    Losses first = run(weighted(bright, 2), weighted(new LpNorm(2), 3)).losses().get(0);
    assertThat(first.terms().keySet()).containsExactly("bright", "lp norm");
    assertThat(first.overall())
        .isCloseTo(
            2 * first.terms().get("bright") + 3 * first.terms().get("lp norm"), within(1e-5));
  }

  @Test
  void tellsApartLossesWithoutNames() {
    Loss first = scene -> scene.layer("fc").filter(1);
    Loss second = scene -> scene.layer("fc").filter(2);
    Loss third = scene -> scene.layer("fc").filter(2);
    Map<String, Double> terms =
        run(weighted(first, 1), weighted(second, 1), weighted(third, 1)).losses().get(0).terms();
    assertThat(new ArrayList<>(terms.keySet())).isEqualTo(List.of("loss", "loss 2", "loss 3"));
    assertThat(terms.get("loss 2")).isEqualTo(terms.get("loss 3")).isNotEqualTo(terms.get("loss"));
  }

  @Test
  void leavesOutLossesOfWeightZero() {
    Loss counted = Loss.named("counted", scene -> scene.layer("fc").filter(1));
    Loss left = Loss.named("left", scene -> scene.layer("no such layer"));
    assertThat(run(weighted(counted, 1), weighted(left, 0)).losses().get(0).terms())
        .containsOnlyKeys("counted");
  }

  private static Picture run(WeightedLoss... losses) {
    Tensor start = References.of("networks").array("five_channels input", "input");
    return ActivationMaximization.minimizing(References.network("five_channels"), losses)
        .seedInput(start)
        .iterations(1)
        .threads(1)
        .run();
  }
}
