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
    return noise(random, size.elements(), (low + high) / 2, deviation * (high - low));
  }

  /**
   * Uniform noise of a mean and a deviation, as keras-vis' {@code random_array}: shifted and scaled
   * so that it has them exactly.
   */
  public static float[] noise(Random random, int elements, double mean, double deviation) {
    double[] noise = new double[elements];
    double sum = 0;
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextDouble();
      sum += noise[i];
    }
    double middle = sum / noise.length;
    double squares = 0;
    for (double element : noise) {
      squares += (element - middle) * (element - middle);
    }
    double scale = deviation / (Math.sqrt(squares / noise.length) + 1e-7);
    float[] array = new float[noise.length];
    for (int i = 0; i < noise.length; i++) {
      array[i] = (float) ((noise[i] - middle) * scale + mean);
    }
    return array;
  }

  @Override
  public float[] from(float[] image, ImageSize size) {
    return image.clone();
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    return parameters;
  }
}
