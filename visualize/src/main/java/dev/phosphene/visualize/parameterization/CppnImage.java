package dev.phosphene.visualize.parameterization;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A compositional pattern-producing network: a small network that gives the colour at each
 * coordinate, whose weights are optimized (Stanley 2007; Mordvintsev and others 2018,
 * "Differentiable Image Parameterizations"). Its pictures are smooth, like drawings, and can be
 * computed at any size.
 *
 * <p>Coordinates along each axis go from -sqrt(3) to sqrt(3), so that their variance is 1; the
 * distance from the centre is one more input. Each layer is {@code t = tanh(W x + b)}, of which t
 * and its square go on, both brought to variance 1; the last is linear and starts at zero, in
 * decorrelated colours before a sigmoid. Parameters are five times all layers' W and b, as one
 * vector; those of W also times the root of how many inputs there are, so that the step sizes that
 * suit amplitudes of waves suit all of them.
 *
 * @param width units of each layer, in [1, 256]
 * @param layers before the last, in [1, 32]
 */
public record CppnImage(int width, int layers) implements Parameterization {
  /** Rich enough for textures and outlines, and cheap beside a network. */
  public static final CppnImage NATURAL = new CppnImage(12, 4);

  private static final DecorrelatedColours COLOURS = new DecorrelatedColours(1);

  /** How many times larger parameters are than weights, before their number counts. */
  private static final double STIFFNESS = 5;

  /** Deviation of tanh of a normal number. */
  private static final double DEVIATION = 0.6279;

  /** Mean of its square. */
  private static final double SQUARE_MEAN = 0.3943;

  /** Deviation of its square. */
  private static final double SQUARE_DEVIATION = 0.3123;

  /**
   * Checks the numbers.
   *
   * @throws PhospheneException where one is out of range
   */
  public CppnImage {
    if (width < 1 || width > 256 || layers < 1 || layers > 32) {
      throw new PhospheneException(
          "A network of coordinates has a width in [1, 256] and layers in [1, 32], found %d and %d"
              .formatted(width, layers));
    }
  }

  @Override
  public Units units() {
    return Units.DISPLAY;
  }

  /**
   * One layer's share of the parameters: W by rows, then b.
   *
   * @param first parameter
   */
  private record Layer(int first, int inputs, int outputs) {
    int bias() {
      return first + inputs * outputs;
    }

    int end() {
      return bias() + outputs;
    }
  }

  private List<Layer> layersOf(ImageSize size) {
    List<Layer> all = new ArrayList<>();
    int first = 0;
    int inputs = size.spatial().size() + 1;
    for (int layer = 0; layer <= layers; layer++) {
      all.add(new Layer(first, inputs, layer < layers ? width : size.channels()));
      first = all.get(layer).end();
      inputs = 2 * width;
    }
    return all;
  }

  @Override
  public long[] parameters(ImageSize size) {
    if (size.spatial().isEmpty()) {
      throw new PhospheneException(
          "A network of coordinates needs an image with axes, found an input of size "
              + size
              + "; use the parameterization fourier");
    }
    return new long[] {layersOf(size).get(layers).end()};
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    float[] weights = new float[(int) parameters(size)[0]];
    int last = layersOf(size).get(layers).first();
    for (int i = 0; i < last; i++) {
      weights[i] = (float) (STIFFNESS * random.nextGaussian());
    }
    return weights;
  }

  @Override
  public float[] from(float[] image, ImageSize size) {
    throw new PhospheneException(
        "A network of coordinates cannot start from an image; leave the seed input out, or use the parameterization fourier");
  }

  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    long pictures = parameters.size(0);
    Value values = graph.constant(coordinates(size.spatial()));
    for (Layer layer : layersOf(size)) {
      Value weights = graph.slice(parameters, 1, layer.first(), layer.bias());
      Value matrix = graph.reshape(weights, pictures, layer.outputs(), layer.inputs());
      Value bias =
          graph.reshape(
              graph.slice(parameters, 1, layer.bias(), layer.end()), pictures, layer.outputs(), 1);
      Value scaled = graph.multiply(matrix, graph.constant(scale(layer)));
      Value offset = graph.multiply(bias, 1 / STIFFNESS);
      if (layer.first() > 0) {
        offset = graph.subtract(offset, graph.matrixMultiply(scaled, graph.constant(means())));
      }
      values = graph.add(graph.matrixMultiply(scaled, values), offset);
      if (layer.end() < parameters.size(1)) {
        Value bent = graph.apply("Tanh", values);
        values = graph.concatenate(1, List.of(bent, graph.square(bent)));
      }
    }
    long[] sizes = new long[size.spatial().size() + 2];
    sizes[0] = pictures;
    System.arraycopy(size.sizes(), 0, sizes, 1, sizes.length - 1);
    return COLOURS.build(graph, graph.reshape(values, sizes), size);
  }

  /**
   * {@code [1, inputs]}: what a layer's W is multiplied with. Inputs are brought to mean 0 and
   * variance 1 in the weights, which are few, and not at each position.
   */
  private Tensor scale(Layer layer) {
    float[] scale = new float[layer.inputs()];
    for (int i = 0; i < scale.length; i++) {
      double deviation = layer.first() == 0 ? 1 : i < width ? DEVIATION : SQUARE_DEVIATION;
      scale[i] = (float) (1 / (STIFFNESS * Math.sqrt(scale.length) * deviation));
    }
    return Tensor.of(scale, 1, scale.length);
  }

  /** {@code [2 width, 1]}: the means of what a layer gives on. */
  private Tensor means() {
    float[] means = new float[2 * width];
    Arrays.fill(means, width, 2 * width, (float) SQUARE_MEAN);
    return Tensor.of(means, means.length, 1);
  }

  /** {@code [axes + 1, positions]}. */
  private static Tensor coordinates(List<Integer> spatial) {
    int axes = spatial.size();
    int positions = spatial.stream().reduce(1, (a, b) -> a * b);
    float[] coordinates = new float[(axes + 1) * positions];
    for (int position = 0; position < positions; position++) {
      int rest = position;
      double squares = 0;
      for (int axis = axes - 1; axis >= 0; axis--) {
        int length = spatial.get(axis);
        double place = Math.sqrt(3) * (2.0 * (rest % length) + 1 - length) / Math.max(1, length);
        coordinates[axis * positions + position] = (float) place;
        squares += place * place;
        rest /= length;
      }
      coordinates[axes * positions + position] = (float) Math.sqrt(squares);
    }
    return Tensor.of(coordinates, axes + 1L, positions);
  }
}
