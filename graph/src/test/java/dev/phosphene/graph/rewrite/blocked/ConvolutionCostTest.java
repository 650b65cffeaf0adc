package dev.phosphene.graph.rewrite.blocked;

import static org.assertj.core.api.Assertions.assertThat;

import dev.phosphene.graph.operator.Window;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionCostTest {
  /** Axes of so many positions whose outputs are as many. */
  private static Window.Axis axis(int taps, int positions) {
    return new Window.Axis(taps, 1, 1, taps / 2, taps / 2, 0, positions, positions);
  }

  private static Tiling fastest(int inputs, int outputs, Window.Axis rows, Window.Axis columns) {
    return new ConvolutionCost(inputs, outputs, new Window(List.of(rows, columns)), 1).fastest();
  }

  @ParameterizedTest
  @CsvSource({
    "128, 128, 28, 4, 4", // vgg16, resnet50
    "256, 256, 56, 4, 4",
    "64, 64, 224, 4, 1", // more would go through memory than is saved
    "512, 512, 28, 4, 2", // F(4 x 4) would need 38 MB
    "512, 512, 14, 2, 2",
    "16, 64, 55, 1, 1",
    "128, 32, 28, 1, 1"
  })
  void tilesAsWasMeasuredToBeFastest(
      int inputs, int outputs, int side, int tileHeight, int tileWidth) {
    Tiling tiling = fastest(inputs, outputs, axis(3, side), axis(3, side));
    assertThat(tiling.rows().outputs()).isEqualTo(tileHeight);
    assertThat(tiling.columns().outputs()).isEqualTo(tileWidth);
  }

  @Test
  void tilesTheAxisThatHasTaps() {
    Tiling tiling = fastest(256, 256, axis(1, 32), axis(3, 32));
    assertThat(tiling.rows().isTiled()).isFalse();
    assertThat(tiling.columns().outputs()).isEqualTo(4);
    assertThat(fastest(256, 256, axis(5, 32), axis(1, 32)).rows().outputs()).isEqualTo(2);
  }

  @Test
  void leavesStepsAsTheyAre() {
    Window.Axis stepping = new Window.Axis(3, 2, 1, 1, 1, 0, 64, 32);
    assertThat(fastest(256, 256, stepping, stepping).isDirect()).isTrue();
    Window.Axis dilated = new Window.Axis(3, 1, 2, 2, 2, 0, 64, 64);
    assertThat(fastest(256, 256, dilated, dilated).isDirect()).isTrue();
  }

  @Test
  void readsLargeKernelsOnceForAllPictures() {
    Window window = new Window(List.of(axis(3, 7), axis(3, 7)));
    Tiling tiling = new ConvolutionCost(512, 512, window, 8).fastest();
    assertThat(new ConvolutionCost(512, 512, window, 8).foldsBatch(tiling)).isTrue();
    assertThat(new ConvolutionCost(512, 512, window, 1).foldsBatch(tiling)).isFalse();
  }
}
