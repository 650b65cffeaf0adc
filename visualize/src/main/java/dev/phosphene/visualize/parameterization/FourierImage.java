package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.transform.AxisProduct;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A picture, signal or volume from its spatial frequencies, scaled so that each has the share it
 * has in nature, in decorrelated colours, through a sigmoid (Olah, Mordvintsev and Schubert 2017,
 * "Feature Visualization"). Descent in this space changes low frequencies as readily as high ones,
 * which pixels do not allow.
 *
 * <p>Parameters are {@code [C, ...]} as the image: amplitudes of cosines and sines along each axis
 * (their products along several), each wave of mean square 1, times {@code sqrt(2) c^(-decay d /
 * 2)} for d axes and c cycles over the longest one, at least 1. So a step changes images of all
 * sizes alike. With a decay of 1 every octave has the same power whatever the number of axes, as
 * photographs have it (d = 2). The waves are products with one matrix an axis. A vector, which has
 * no axes, is optimized as it is.
 *
 * @param decay of the falling spectrum: 1 is about that of photographs, more is smoother; in [0, 8]
 * @param deviation of the random amplitudes to start with, in [0, 1e6]
 */
public record FourierImage(double decay, double deviation) implements Parameterization {
  /**
   * A spectrum that falls more steeply than that of photographs, because networks ask for more high
   * frequencies than people do, and a start near uniform gray. Of the decays 1, 1.3 and 1.5
   * (MobileNet v1, four classes, logits under random changes alike to 1 %) the one with the least
   * noise.
   */
  public static final FourierImage NATURAL = new FourierImage(1.5, 0.01);

  /** Brings images of the scaled spectrum to the sensitive part of the sigmoid, as Lucid does. */
  private static final DecorrelatedColours COLOURS = new DecorrelatedColours(0.25);

  /** Of a wave and its mirror image together, so that amplitudes are as in the complex form. */
  private static final double BOTH_DIRECTIONS = Math.sqrt(2);

  /** Of numbers that are no waves: those of a vector. Undoes the contrast. */
  private static final double WITHOUT_AXES = 1 / 0.25;

  /**
   * Checks the numbers.
   *
   * @throws PhospheneException where one is out of range
   */
  public FourierImage {
    if (!(decay >= 0 && decay <= 8)) {
      throw new PhospheneException("The decay should be in [0, 8], found " + decay);
    }
    if (!(deviation >= 0 && deviation <= 1e6)) {
      throw new PhospheneException("The deviation should be in [0, 1e6], found " + deviation);
    }
  }

  @Override
  public Units units() {
    return Units.DISPLAY;
  }

  @Override
  public long[] parameters(ImageSize size) {
    return size.sizes();
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    float[] amplitudes = new float[size.elements()];
    for (int i = 0; i < amplitudes.length; i++) {
      amplitudes[i] = (float) (deviation * random.nextGaussian());
    }
    return amplitudes;
  }

  @Override
  public float[] from(float[] image, ImageSize size) {
    double[] values = COLOURS.from(image, size);
    int after = 1;
    for (int axis = size.spatial().size() - 1; axis >= 0; axis--) {
      values = new FourierBasis(size.spatial().get(axis)).amplitudes(values, after);
      after *= size.spatial().get(axis);
    }
    float[] scale = scale(size.spatial()).toFloats();
    float[] amplitudes = new float[values.length];
    for (int i = 0; i < amplitudes.length; i++) {
      amplitudes[i] = (float) (values[i] / scale[i % scale.length]);
    }
    return amplitudes;
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    Value image = graph.multiply(parameters, graph.constant(scale(size.spatial())));
    for (int axis = 0; axis < size.spatial().size(); axis++) {
      Value waves = graph.constant(new FourierBasis(size.spatial().get(axis)).matrix());
      image = AxisProduct.along(graph, waves, image, axis + 2);
    }
    return COLOURS.build(graph, image, size);
  }

  /** The share of each wave, {@code [...]} as the axes. */
  private Tensor scale(List<Integer> spatial) {
    int axes = spatial.size();
    long[] sizes = spatial.stream().mapToLong(Integer::longValue).toArray();
    float[] scale = new float[(int) Arrays.stream(sizes).reduce(1, (a, b) -> a * b)];
    int longest = spatial.stream().max(Integer::compare).orElse(1);
    for (int i = 0; i < scale.length; i++) {
      double cycles = Math.max(frequency(spatial, i) * longest, 1);
      double share = BOTH_DIRECTIONS * Math.pow(cycles, -decay * axes / 2);
      scale[i] = (float) (axes == 0 ? WITHOUT_AXES : share);
    }
    return Tensor.of(scale, sizes);
  }

  /** Of a wave by its index, in cycles per position. */
  static double frequency(List<Integer> spatial, int wave) {
    double squares = 0;
    int rest = wave;
    for (int axis = spatial.size() - 1; axis >= 0; axis--) {
      double along = new FourierBasis(spatial.get(axis)).frequency(rest % spatial.get(axis));
      squares += along * along;
      rest /= spatial.get(axis);
    }
    return Math.sqrt(squares);
  }
}
