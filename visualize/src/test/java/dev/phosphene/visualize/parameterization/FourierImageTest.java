package dev.phosphene.visualize.parameterization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.Evaluation;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Fourier image against the definition of the inverse transform, term by term. */
class FourierImageTest {
  @ParameterizedTest
  @CsvSource({"6, 8", "5, 7", "1, 1", "4, 2"})
  void followsTheDefinition(int height, int width) {
    ImageSize size = new ImageSize(1, List.of(height, width));
    FourierImage fourier = new FourierImage(1, 1);
    float[] spectrum = fourier.initial(new Random(3), size, 0, 1);
    long[] sizes = fourier.parameters(size);
    Tensor parameters = Tensor.of(spectrum, 1, sizes[0], sizes[1], sizes[2]);
    Tensor image = Evaluation.of((graph, given) -> fourier.build(graph, given, size), parameters);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double expected = 1 / (1 + Math.exp(-0.25 * inverse(spectrum, height, width, y, x)));
        assertThat(image.getDouble(y * width + x)).isCloseTo(expected, within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 6, 8", "1, 5, 7", "3, 6, 8", "3, 5, 7", "3, 7, 4", "3, 1, 1", "3, 24, 20"})
  void findsTheParametersOfAnImage(int channels, int height, int width) {
    ImageSize size = new ImageSize(channels, List.of(height, width));
    Random random = new Random(5);
    float[] image = new float[size.elements()];
    for (int i = 0; i < image.length; i++) {
      image[i] = 0.02f + 0.96f * random.nextFloat();
    }
    FourierImage fourier = FourierImage.NATURAL;
    long[] sizes = fourier.parameters(size);
    Tensor parameters = Tensor.of(fourier.from(image, size), 1, sizes[0], sizes[1], sizes[2]);
    Tensor back = Evaluation.of((graph, given) -> fourier.build(graph, given, size), parameters);
    double worst = 0;
    for (int i = 0; i < image.length; i++) {
      worst = Math.max(worst, Math.abs(back.getDouble(i) - image[i]));
    }
    System.out.printf("Fourier image %s comes back to within %.1e%n", size, worst);
    assertThat(worst).isLessThan(1e-4);
  }

  /**
   * One pixel of the inverse transform of the Hermitian spectrum that a half spectrum stands for.
   */
  private static double inverse(float[] spectrum, int height, int width, int y, int x) {
    int half = width / 2 + 1;
    double sum = 0;
    for (int u = 0; u < height; u++) {
      for (int v = 0; v < half; v++) {
        double vertical = (double) Math.min(u, height - u) / height;
        double frequency =
            Math.max(Math.hypot(vertical, (double) v / width), 1.0 / Math.max(height, width));
        double scale = Math.sqrt((double) height * width) / frequency;
        double real = scale * spectrum[u * half + v];
        double imaginary = scale * spectrum[(u + height) * half + v];
        double angle = 2 * Math.PI * ((double) u * y / height + (double) v * x / width);
        boolean ownMirror = v == 0 || 2 * v == width;
        sum += (ownMirror ? 1 : 2) * (real * Math.cos(angle) - imaginary * Math.sin(angle));
      }
    }
    return sum / (height * width);
  }
}
