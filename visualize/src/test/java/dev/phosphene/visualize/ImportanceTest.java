package dev.phosphene.visualize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.model.Model;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.optimizer.Adam;
import java.nio.file.Path;
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
  void isKeptByMacoAlone() {
    Model model = SmoothNetwork.in(folder);
    Picture picture = ActivationMaximization.of(model).filters(3).iterations(1).run();
    assertThat(picture.importance()).isEmpty();
  }
}
