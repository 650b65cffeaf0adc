package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {
  private static final double PLENTY = 1e6;

  @Test
  void onePictureIsComputedByAllThreads() {
    assertThat(Spread.of(1, 1, 1, 8, PLENTY)).isEqualTo(new Spread(1, 8, 16));
    assertThat(Spread.of(6, 6, 1, 8, PLENTY)).isEqualTo(new Spread(1, 8, 6));
  }

  @Test
  void delayedGradientsOfOnePictureAreComputedAtATime() {
    assertThat(Spread.of(1, 1, 2, 8, PLENTY)).isEqualTo(new Spread(2, 7, 16));
    assertThat(Spread.of(1, 1, 2, 2, PLENTY)).isEqualTo(new Spread(2, 1, 16));
    assertThat(Spread.of(6, 6, 2, 2, PLENTY)).isEqualTo(new Spread(2, 1, 6));
    assertThat(Spread.of(1, 1, 2, 1, PLENTY)).isEqualTo(new Spread(1, 1, 16));
    assertThat(Spread.of(1, 1, 2, 8, 1.9)).isEqualTo(new Spread(1, 8, 16));
    assertThat(Spread.of(64, 1, 2, 8, PLENTY)).isEqualTo(new Spread(8, 1, 16));
  }

  @Test
  void severalAreComputedByOneThreadEach() {
    assertThat(Spread.of(64, 1, 1, 2, PLENTY)).isEqualTo(new Spread(2, 1, 16));
    assertThat(Spread.of(64, 1, 1, 1, PLENTY)).isEqualTo(new Spread(1, 1, 16));
    assertThat(Spread.of(64, 1, 1, 6, PLENTY)).isEqualTo(new Spread(6, 1, 18));
    assertThat(Spread.of(64, 1, 1, 64, PLENTY)).isEqualTo(new Spread(64, 1, 64));
  }

  @Test
  void threadsThatWouldComputeNoneOfTheLastHelp() {
    assertThat(Spread.of(3, 1, 1, 8, PLENTY)).isEqualTo(new Spread(3, 6, 18));
    assertThat(Spread.of(20, 1, 1, 16, PLENTY)).isEqualTo(new Spread(10, 7, 20));
  }

  @Test
  void noMoreAreComputedAtOnceThanFitMemory() {
    assertThat(Spread.of(64, 1, 1, 8, 3.9)).isEqualTo(new Spread(3, 6, 18));
    assertThat(Spread.of(64, 1, 1, 8, 0.1)).isEqualTo(new Spread(1, 8, 16));
  }
}
