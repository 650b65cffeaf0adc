package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Random;

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

  /** Pixels to start from are kept this far from black and white, where the sigmoid never comes. */
  private static final double SATURATED = 0.01;

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
  public float[] from(float[] image, ImageSize size) {
    long[] sizes = parameters(size);
    int pixels = size.height() * size.width();
    double[] contrasted = new double[image.length];
    for (int i = 0; i < image.length; i++) {
      double inside = Math.max(SATURATED, Math.min(1 - SATURATED, image[i]));
      contrasted[i] = Math.log(inside / (1 - inside)) / CONTRAST;
    }
    double[] decorrelated = size.channels() == 3 ? decorrelated(contrasted, pixels) : contrasted;
    Spectrum spectrum = new Spectrum(size.height(), size.width());
    float[] scale = spectrum.scale(decay).toFloats();
    float[] parameters = new float[(int) (sizes[0] * scale.length)];
    for (int channel = 0; channel < size.channels(); channel++) {
      double[] plane = Arrays.copyOfRange(decorrelated, channel * pixels, (channel + 1) * pixels);
      double[] frequencies = spectrum.of(plane);
      for (int i = 0; i < scale.length; i++) {
        parameters[channel * scale.length + i] = (float) (frequencies[i] / scale[i]);
      }
    }
    return parameters;
  }

  /** Undoes the mixing of colours, by Cramer's rule. */
  private static double[] decorrelated(double[] image, int pixels) {
    double[] result = new double[image.length];
    double determinant = determinant(COLOURS);
    for (int channel = 0; channel < 3; channel++) {
      float[] replaced = COLOURS.clone();
      for (int pixel = 0; pixel < pixels; pixel++) {
        for (int row = 0; row < 3; row++) {
          replaced[row * 3 + channel] = (float) image[row * pixels + pixel];
        }
        result[channel * pixels + pixel] = determinant(replaced) / determinant;
      }
    }
    return result;
  }

  private static double determinant(float[] m) {
    return (double) m[0] * ((double) m[4] * m[8] - (double) m[5] * m[7])
        - (double) m[1] * ((double) m[3] * m[8] - (double) m[5] * m[6])
        + (double) m[2] * ((double) m[3] * m[7] - (double) m[4] * m[6]);
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
}
