package dev.phosphene.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.image.Image;
import dev.phosphene.visualize.Gradient;
import dev.phosphene.visualize.optimizer.GradientModifier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The regression scenario: a network's number goes up and down with the picture. */
class AppleCounterTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5})
  void countsApples(int apples) {
    Gradient counter = Gradient.of(Networks.open("apple-counter")).layer("count");
    Image picture = Networks.picture("apples-%d.png".formatted(apples));
    double counted = counter.at(counter.inputOf(picture)).losses().overall();
    System.out.printf("%d apples: counted %.2f%n", apples, counted);
    assertThat(counted).isBetween(apples - 0.5, apples + 0.5);
  }

  @Test
  void countsMoreWhereTheGradientIsFollowed() {
    List<AppleCounter.Frame> frames = AppleCounter.frames("fruit-bowl.png", GradientModifier.NONE);
    assertThat(last(frames).apples()).isGreaterThan(frames.get(0).apples() + 1.5);
  }

  @Test
  void countsFewerWhereItIsNegated() {
    List<AppleCounter.Frame> frames = AppleCounter.frames("apples-3.png", GradientModifier.NEGATE);
    assertThat(last(frames).apples()).isLessThan(frames.get(0).apples() - 1.5);
  }

  private static AppleCounter.Frame last(List<AppleCounter.Frame> frames) {
    return frames.get(frames.size() - 1);
  }
}
