package dev.phosphene.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NormalizationTest {
  @Test
  void kerasVisCentresAndScalesByDeviation() {
    float[] picture = Normalization.kerasVis(new float[] {1, 3}); // mean 2, deviation 1
    assertThat(picture[0]).isEqualTo(0.4f, within(1e-6f));
    assertThat(picture[1]).isEqualTo(0.6f, within(1e-6f));
    float[] outlier = new float[101];
    outlier[100] = 1000; // ten deviations above the mean
    assertThat(Normalization.kerasVis(outlier)[100]).isEqualTo(1);
    assertThat(Normalization.kerasVis(new float[] {5, 5})).containsOnly(0.5f);
  }

  @Test
  void percentileClipsTheRest() {
    float[] values = new float[200];
    for (int i = 0; i < 200; i++) {
      values[i] = i % 2 == 0 ? i : -i;
    }
    float[] scaled = Normalization.byPercentile(values, 50);
    assertThat(scaled[99]).isEqualTo(-1);
    assertThat(scaled[198]).isEqualTo(1);
    assertThat(scaled[50]).isEqualTo(50 / 99f);
    assertThat(scaled[0]).isZero();
  }

  @Test
  void percentileOfSparseValuesFallsBackToTheLargest() {
    float[] sparse = new float[1000];
    sparse[3] = -2;
    assertThat(Normalization.byPercentile(sparse, 99)[3]).isEqualTo(-1);
    assertThat(Normalization.byPercentile(new float[5], 99)).containsOnly(0);
    float[] broken = {Float.NaN, 1, Float.POSITIVE_INFINITY};
    assertThat(Normalization.byPercentile(broken, 100)).containsExactly(0, 1, 0);
    assertThatThrownBy(() -> Normalization.byPercentile(sparse, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void minimumToMaximumSkipsWhatIsNoNumber() {
    float[] values = {Float.NaN, 1, 3, Float.NEGATIVE_INFINITY, 2};
    assertThat(Normalization.minimumToMaximum(values)).containsExactly(0, 0, 1, 0, 0.5f);
  }
}
