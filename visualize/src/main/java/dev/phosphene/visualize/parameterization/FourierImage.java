package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * A colour picture from its spatial frequencies, scaled so that each has the share it has in
 * photographs, in decorrelated colours, through a sigmoid (Olah, Mordvintsev and Schubert 2017,
 * "Feature Visualization"). Descent in this space changes low frequencies as readily as high ones,
 * which pixels do not allow.
 *
 * <p>Parameters are {@code [C, 2 H, W/2 + 1]}: the real part of the half spectrum of a real image
 * above its imaginary part. The inverse transform is written as products with cosine and sine
 * matrices, which are fast and differentiate like any other node.
 *
 * @param decay exponent of the falling spectrum: 1 is that of photographs, more is smoother
 * @param deviation of the random spectrum to start with
 */
public record FourierImage(double decay, double deviation) implements Parameterization {
  /** The falling spectrum of photographs and a start near uniform gray. */
  public static final FourierImage NATURAL = new FourierImage(1, 0.01);

  /** Brings images of the scaled spectrum to the sensitive part of the sigmoid, as Lucid does. */
  private static final double CONTRAST = 0.25;

  /**
   * From decorrelated colours to RGB: the symmetric square root of the covariance of the colours of
   * CIFAR-10's training photographs, divided by its largest column norm ({@code
   * demo/colour_statistics.py}).
   */
  private static final float[] COLOURS = {
    0.745267f, 0.456845f, 0.348146f,
    0.456845f, 0.661431f, 0.470676f,
    0.348146f, 0.470676f, 0.810715f
  };

  @Override
  public Units units() {
    return Units.DISPLAY;
  }

  @Override
  public long[] parameters(ImageSize size) {
    if (!size.isPicture()) {
      throw new PhospheneException(
          "A Fourier image has height and width, found an input of size "
              + size
              + "; use the recipe keras-vis");
    }
    return new long[] {size.channels(), 2L * size.height(), size.width() / 2 + 1};
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    long[] sizes = parameters(size);
    float[] spectrum = new float[(int) (sizes[0] * sizes[1] * sizes[2])];
    for (int i = 0; i < spectrum.length; i++) {
      spectrum[i] = (float) (deviation * random.nextGaussian());
    }
    return spectrum;
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    Spectrum spectrum = new Spectrum(size.height(), size.width());
    Value scaled = graph.multiply(parameters, graph.constant(spectrum.scale(decay)));
    Value real = graph.matrixMultiply(graph.constant(spectrum.columnsReal()), scaled);
    Value imaginary = graph.matrixMultiply(graph.constant(spectrum.columnsImaginary()), scaled);
    Value image =
        graph.add(
            graph.matrixMultiply(real, graph.constant(spectrum.rowsReal())),
            graph.matrixMultiply(imaginary, graph.constant(spectrum.rowsImaginary())));
    Value contrasted = graph.multiply(image, CONTRAST);
    return graph.sigmoid(size.channels() == 3 ? coloured(graph, contrasted, size) : contrasted);
  }

  private static Value coloured(Emitter graph, Value image, ImageSize size) {
    long pixels = (long) size.height() * size.width();
    Value colours = graph.constant(Tensor.of(COLOURS, 3, 3));
    Value mixed = graph.matrixMultiply(colours, graph.reshape(image, -1, 3, pixels));
    return graph.reshape(mixed, -1, 3, size.height(), size.width());
  }

  /** The constants of the inverse real Fourier transform of one size. */
  private record Spectrum(int height, int width) {
    int half() {
      return width / 2 + 1;
    }

    /** {@code [2 H, W/2 + 1]}: 1 / frequency^decay, times the root of the number of pixels. */
    Tensor scale(double decay) {
      float[] scale = new float[2 * height * half()];
      for (int u = 0; u < height; u++) {
        for (int v = 0; v < half(); v++) {
          double vertical = (double) Math.min(u, height - u) / height;
          double horizontal = (double) v / width;
          double lowest = 1.0 / Math.max(height, width);
          double frequency = Math.max(Math.hypot(vertical, horizontal), lowest);
          float share = (float) (Math.sqrt((double) height * width) / Math.pow(frequency, decay));
          scale[u * half() + v] = share;
          scale[(u + height) * half() + v] = share;
        }
      }
      return Tensor.of(scale, 2L * height, half());
    }

    /** {@code [H, 2 H]}: from (a, b) to the real part of (a + bi) e^(i angle), along columns. */
    Tensor columnsReal() {
      return columns(Math::cos, angle -> -Math.sin(angle));
    }

    /** {@code [H, 2 H]}: from (a, b) to the imaginary part of (a + bi) e^(i angle). */
    Tensor columnsImaginary() {
      return columns(Math::sin, Math::cos);
    }

    private Tensor columns(DoubleUnaryOperator ofReal, DoubleUnaryOperator ofImaginary) {
      float[] matrix = new float[height * 2 * height];
      for (int y = 0; y < height; y++) {
        for (int u = 0; u < height; u++) {
          double angle = 2 * Math.PI * ((long) u * y % height) / height;
          matrix[y * 2 * height + u] = (float) ofReal.applyAsDouble(angle);
          matrix[y * 2 * height + height + u] = (float) ofImaginary.applyAsDouble(angle);
        }
      }
      return Tensor.of(matrix, height, 2L * height);
    }

    /** {@code [W/2 + 1, W]}: what the real parts of the columns' transforms give. */
    Tensor rowsReal() {
      return rows(Math::cos);
    }

    /** {@code [W/2 + 1, W]}: what the imaginary parts of the columns' transforms give. */
    Tensor rowsImaginary() {
      return rows(angle -> -Math.sin(angle));
    }

    /** Frequencies but the first (and, for even widths, the last) stand for two of a full one. */
    private Tensor rows(DoubleUnaryOperator part) {
      float[] matrix = new float[half() * width];
      double pixels = (double) height * width;
      for (int v = 0; v < half(); v++) {
        double count = v == 0 || 2 * v == width ? 1 : 2;
        for (int x = 0; x < width; x++) {
          double angle = 2 * Math.PI * ((long) v * x % width) / width;
          matrix[v * width + x] = (float) (count * part.applyAsDouble(angle) / pixels);
        }
      }
      return Tensor.of(matrix, half(), width);
    }
  }
}
