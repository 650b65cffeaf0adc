package dev.phosphene.visualize.loss;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.References;
import org.junit.jupiter.api.Test;

/** What is said of losses that cannot be: where, what was expected, what was found. */
class ExpressionMisuseTest {
  private static final Tensor INPUT = References.of("expressions").array("input", "input");

  @Test
  void namesFiltersThatThereAreNot() {
    assertRefused(s -> s.layer("fc").filter(5), "There is no filter 5; expected 0 to 4");
    assertRefused(s -> s.layer("fc").filter(-1), "There is no filter -1; expected 0 to 4");
    assertRefused(
        s -> s.layer("act1").filters(0, 4).mean(), "There is no filter 4; expected 0 to 3");
    assertRefused(
        s -> s.layer("act1").filters().mean(),
        "No filter was chosen; choose one or more with filters(...)");
  }

  @Test
  void saysWhenNoAxisOfFiltersIsLeft() {
    assertRefused(
        s -> s.layer("act1").filter(0).filter(1).mean(),
        "[2, 7, 6] has no axis of filters to choose from");
    assertRefused(s -> s.layer("act1").mean().filter(1), "has no axis of filters to choose from");
  }

  @Test
  void namesPositionsThatThereAreNot() {
    assertRefused(s -> s.layer("act1").at(7, 0).mean(), "There is no position 7; expected 0 to 6");
    assertRefused(
        s -> s.layer("act1").at(3).mean(),
        "A position in [2, 4, 7, 6] should have 2 numbers, found [3]");
  }

  @Test
  void namesTheLengthOfADirection() {
    assertRefused(
        s -> s.layer("act1").dot(Tensor.of(new float[3], 3)).mean(),
        "A direction over 4 filters should have the shape [4], found [3]");
  }

  @Test
  void saysWhichMapsDoNotGoTogether() {
    assertRefused(
        s -> s.layer("act1").plus(s.layer("fc")).mean(),
        "[2, 5] and an expression of 4 axes do not go together; reduce one of them with mean()");
    assertRefused(
        s -> s.layer("act1").plus(s.layer("act2")).mean(), "[2, 4, 7, 6] and [2, 6, 4, 3]");
  }

  @Test
  void asksForOneNumberAPicture() {
    assertRefused(
        s -> s.layer("act1").filter(2),
        "Loss \"loss\" should give one number a picture, found [2, 7, 6]; end it with mean() or");
    assertRefused(
        Loss.named("my pattern", s -> s.layer("act1")),
        "Loss \"my pattern\" should give one number a picture");
  }

  @Test
  void suggestsLayersOfNearNames() {
    assertRefused(s -> s.layer("act3").mean(), "act1");
    assertRefused(s -> s.layer("99").mean(), "99");
  }

  @Test
  void saysWhenNoLossLooksAtTheNetwork() {
    assertRefused(
        s -> s.image().mean(),
        "No loss looks at a layer of the network, so there is nothing to visualize");
  }

  @Test
  void saysWhenNoLayerWasChosen() {
    assertThatThrownBy(
            () ->
                ActivationMaximization.minimizing(
                        References.network("five_channels"), weighted(new ActivationLoss(), 1))
                    .run())
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining("none was chosen; choose it with layer(...) and filters(...)");
  }

  private static void assertRefused(Loss loss, String message) {
    assertThatThrownBy(
            () ->
                Gradient.of(References.network("five_channels"))
                    .losses(weighted(loss, 1))
                    .at(INPUT))
        .isInstanceOf(PhospheneException.class)
        .hasMessageContaining(message);
  }
}
