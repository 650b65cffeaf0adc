package dev.phosphene.visualize.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FormulasTest {
  @Test
  void deviationIsThatOfASample() {
    assertThat(Formulas.deviation(new double[] {1, 2, 3, 4}))
        .isCloseTo(Math.sqrt(5.0 / 3), within(1e-12));
    assertThat(Formulas.deviation(new double[] {7})).isZero();
  }

  @Test
  void likenessIsTheMeanCosineOfAllPairs() {
    List<float[]> vectors = List.of(new float[] {1, 0}, new float[] {0, 3}, new float[] {2, 2});
    assertThat(Formulas.likeness(vectors)).isCloseTo((0 + Math.sqrt(0.5) * 2) / 3, within(1e-12));
    assertThat(Formulas.cosine(new float[] {1, 2}, new float[] {-2, -4}))
        .isCloseTo(-1, within(1e-12));
    assertThat(Formulas.cosine(new float[2], new float[] {1, 1})).isNaN();
  }

  @Test
  void importantAreaIsTheSmallestThatHoldsHalf() {
    assertThat(Formulas.importantArea(new float[] {1, 1, 1, 1})).isEqualTo(0.5);
    assertThat(Formulas.importantArea(new float[] {0, 9, 1, 0, 2})).isEqualTo(0.2);
    assertThat(Formulas.importantArea(new float[] {3, 3, 3, 1})).isEqualTo(0.5);
    assertThat(Formulas.importantArea(new float[] {4, 3, 3, 1, 1})).isEqualTo(0.4);
    assertThat(Formulas.importantArea(new float[3])).isNaN();
  }

  @Test
  void numbersThatAreNotFiniteAreLeftOut() {
    PictureNumbers numbers =
        PictureNumbers.NONE.with(Measure.ACTIVATION, Double.NaN).with(Measure.PERCENTILE, 99);
    assertThat(numbers.get(Measure.ACTIVATION)).isEmpty();
    assertThat(numbers.toJson()).containsExactly(Map.entry("percentile", 99.0));
  }
}
