package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.optimizer.Adam;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which parts of a picture mattered. */
class ImportanceTest {
  @TempDir Path folder;

  /** With steps too small to move the picture, every step's gradient is that at the picture. */
  @Test
  void isTheMagnitudeOfTheGradientAtTheImage() {
    Model model = SmoothNetwork.in(folder);
    Recipe recipe =
        Recipe.MACO.with(
            changes -> changes.transforms(List.of()).optimizer(Adam.withRate(1e-9)).iterations(2));
    Picture picture = ActivationMaximization.of(model).recipe(recipe).filters(3).run();
    Tensor importance = picture.importance().orElseThrow();
    assertThat(importance.sizes()).containsExactly(24, 20);

    double[] gradient = Gradient.of(model).filters(3).at(picture.input()).gradient().toDoubles();
    double[] expected = new double[24 * 20];
    double largest = 0;
    for (int position = 0; position < expected.length; position++) {
      for (int channel = 0; channel < 3; channel++) {
        expected[position] += Math.abs(gradient[position * 3 + channel]);
      }
      largest = Math.max(largest, expected[position]);
    }
    for (int position = 0; position < expected.length; position++) {
      assertThat(importance.getDouble(position))
          .isCloseTo(expected[position] / largest, within(1e-4));
    }
  }

  @Test
  void opacityIsTheImportanceOverItsEightiethPercentile() {
    Picture picture =
        ActivationMaximization.of(SmoothNetwork.in(folder))
            .recipe(Recipe.MACO)
            .iterations(3)
            .filters(3)
            .run();
    float[] importance = picture.importance().orElseThrow().toFloats();
    Image opacity = picture.opacity().orElseThrow();
    assertThat(List.of(opacity.width(), opacity.height())).containsExactly(20, 24);
    float[] sorted = importance.clone();
    Arrays.sort(sorted);
    int opaque = 0;
    for (int i = 0; i < importance.length; i++) {
      int gray = opacity.pixel(i % 20, i / 20) & 0xFF;
      assertThat((double) gray)
          .isCloseTo(Math.min(255, 255.0 * importance[i] / sorted[383]), within(0.51));
      opaque += gray == 255 ? 1 : 0;
    }
    assertThat(opaque).isBetween(97, 110); // of 480 positions, a fifth and those nearly so
  }

  @Test
  void isKeptByMacoAlone() {
    Model model = SmoothNetwork.in(folder);
    Picture picture = ActivationMaximization.of(model).filters(3).iterations(1).run();
    assertThat(picture.importance()).isEmpty();
    assertThat(picture.opacity()).isEmpty();
  }
}
