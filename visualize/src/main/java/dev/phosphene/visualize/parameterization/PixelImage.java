package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Random;

/**
 * The image itself, in the model's units. It starts as uniform noise shifted and scaled to a mean
 * and a deviation, as keras-vis has it.
 *
 * @param deviation of the noise, as a share of the input range; its mean is the range's middle
 */
public record PixelImage(double deviation) implements Parameterization {
  /** The noise of keras-vis. */
  public static final PixelImage KERAS_VIS = new PixelImage(0.05);

  @Override
  public Units units() {
    return Units.MODEL;
  }

  @Override
  public long[] parameters(ImageSize size) {
    return size.sizes();
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    double[] noise = new double[size.elements()];
    double sum = 0;
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextDouble();
      sum += noise[i];
    }
    double mean = sum / noise.length;
    double squares = 0;
    for (double element : noise) {
      squares += (element - mean) * (element - mean);
    }
    double scale = deviation * (high - low) / (Math.sqrt(squares / noise.length) + 1e-7);
    float[] pixels = new float[noise.length];
    for (int i = 0; i < noise.length; i++) {
      pixels[i] = (float) ((noise[i] - mean) * scale + (low + high) / 2);
    }
    return pixels;
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    return parameters;
  }
}
