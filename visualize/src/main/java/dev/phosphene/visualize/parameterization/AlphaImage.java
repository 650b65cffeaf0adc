package dev.phosphene.visualize.parameterization;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.visualize.transform.AxisProduct;
import dev.phosphene.visualize.transform.StepInputs;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/**
 * A picture with an alpha channel: {@code a x + (1 - a) b}, where the network sees it before a new
 * random background b at each step, and a person before white (Mordvintsev and others 2018,
 * "Differentiable Image Parameterizations"). Only what matters needs to be opaque: the loss that is
 * differentiated is multiplied by {@code 1 - economy * mean(a)}.
 *
 * <p>Parameters are those of the colours, then those of one more channel for alpha, as one vector.
 *
 * @param of colours and alpha, of display units
 * @param economy how much opacity costs, in [0, 1]
 */
public record AlphaImage(Parameterization of, double economy) implements Parameterization {
  /** The natural picture; where all of it is opaque it has half of its loss. */
  public static final AlphaImage NATURAL = new AlphaImage(FourierImage.NATURAL, 0.5);

  /** Random colours along each axis of a background; between them it is interpolated. */
  private static final int PATCHES = 6;

  /**
   * Checks the settings.
   *
   * @throws PhospheneException where the colours are not of display units, or have alpha already
   */
  public AlphaImage {
    if (of.units() != Units.DISPLAY || of instanceof AlphaImage || of.isShared()) {
      throw new PhospheneException(
          "Alpha goes with the parameterizations fourier, maco, pyramid and cppn, found " + of);
    }
    if (!(economy >= 0 && economy <= 1)) {
      throw new PhospheneException("The economy should be in [0, 1], found " + economy);
    }
  }

  @Override
  public Units units() {
    return Units.DISPLAY;
  }

  @Override
  @JsonIgnore
  public boolean isImportanceKept() {
    return of.isImportanceKept();
  }

  private static ImageSize ofAlpha(ImageSize size) {
    if (size.spatial().isEmpty()) {
      throw new PhospheneException(
          "Alpha needs an image with axes, found an input of size " + size + "; leave it out");
    }
    return new ImageSize(1, size.spatial());
  }

  private static int elements(long[] sizes) {
    long product = 1;
    for (long size : sizes) {
      product *= size;
    }
    return Math.toIntExact(product);
  }

  @Override
  public long[] parameters(ImageSize size) {
    return new long[] {
      (long) elements(of.parameters(size)) + elements(of.parameters(ofAlpha(size)))
    };
  }

  private static float[] joined(float[] colours, float[] alpha) {
    float[] both = new float[colours.length + alpha.length];
    System.arraycopy(colours, 0, both, 0, colours.length);
    System.arraycopy(alpha, 0, both, colours.length, alpha.length);
    return both;
  }

  @Override
  public float[] initial(Random random, ImageSize size, double low, double high) {
    return joined(
        of.initial(random, size, low, high), of.initial(random, ofAlpha(size), low, high));
  }

  @Override
  public float[] from(float[] image, ImageSize size) {
    float[] opaque = new float[image.length / size.channels()];
    Arrays.fill(opaque, 1);
    return joined(of.from(image, size), of.from(opaque, ofAlpha(size)));
  }

  private Value colours(Emitter graph, Value parameters, ImageSize size) {
    return part(graph, parameters, size, 0);
  }

  private Value alpha(Emitter graph, Value parameters, ImageSize size) {
    return part(graph, parameters, ofAlpha(size), elements(of.parameters(size)));
  }

  private Value part(Emitter graph, Value parameters, ImageSize size, int first) {
    long[] sizes = of.parameters(size);
    long[] all = new long[sizes.length + 1];
    all[0] = parameters.size(0);
    System.arraycopy(sizes, 0, all, 1, sizes.length);
    Value own = graph.slice(parameters, 1, first, first + (long) elements(sizes));
    return of.build(graph, graph.reshape(own, all), size);
  }

  private static Value over(Emitter graph, Value colours, Value alpha, Value background) {
    // b + a (x - b): one product less than a x + (1 - a) b.
    return graph.add(background, graph.multiply(alpha, graph.subtract(colours, background)));
  }

  /** Before white. */
  @Override
  public Value build(Emitter graph, Value parameters, ImageSize size) {
    Value colours = colours(graph, parameters, size);
    return over(graph, colours, alpha(graph, parameters, size), graph.scalarLike(colours, 1));
  }

  @Override
  public Value seen(Emitter graph, Value parameters, ImageSize size, StepInputs inputs) {
    Value background = background(graph, size, inputs);
    Value colours = colours(graph, parameters, size);
    return over(graph, colours, alpha(graph, parameters, size), background);
  }

  /** Smooth patches of random colours. */
  private static Value background(Emitter graph, ImageSize size, StepInputs inputs) {
    long[] sizes = size.sizes();
    Arrays.fill(sizes, 1, sizes.length, PATCHES);
    int elements = elements(sizes);
    Value background =
        inputs.declare(
            "background",
            random -> {
              float[] colours = new float[elements];
              for (int i = 0; i < elements; i++) {
                colours[i] = random.nextFloat();
              }
              return colours;
            },
            sizes);
    for (int axis = 0; axis < size.spatial().size(); axis++) {
      Tensor enlarging = PyramidImage.enlargement(PATCHES, size.spatial().get(axis));
      background = AxisProduct.along(graph, graph.constant(enlarging), background, axis + 2);
    }
    return background;
  }

  @Override
  public Optional<Value> lossFactor(Emitter graph, Value parameters, ImageSize size) {
    Value alpha = alpha(graph, parameters, size);
    Value opacity = graph.reduceMean(alpha, false, graph.axesFrom(alpha, 1));
    return Optional.of(graph.subtract(1, graph.multiply(opacity, economy)));
  }
}
