package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The total variation of the image divided by its number of elements: keeps neighbouring pixels
 * alike (Mahendran and Vedaldi 2015, "Understanding Deep Image Representations by Inverting Them").
 *
 * <p>{@code sum over positions of (sum over image axes of squared forward differences)^(beta/2) /
 * (C H W)}, over the positions where the differences along all axes exist.
 *
 * @param beta above 0; 2 gives smooth, smaller values give flatter regions
 */
public record TotalVariation(double beta) implements Loss {
  /** keras-vis' default. */
  public static final double DEFAULT_BETA = 2;

  public TotalVariation {
    if (!(beta > 0) || Double.isInfinite(beta)) {
      throw new PhospheneException(
          "The beta of total variation should be above 0 and finite, found " + beta);
    }
  }

  @Override
  public Expression build(Scene scene) {
    Emitter graph = scene.graph();
    Value image = scene.image().value();
    int[] spatial = IntStream.range(2, image.rank()).toArray();
    Value here = shifted(graph, image, spatial, -1);
    Value variation =
        Arrays.stream(spatial)
            .mapToObj(
                axis -> graph.square(graph.subtract(shifted(graph, image, spatial, axis), here)))
            .reduce(graph::add)
            .orElseThrow(
                () ->
                    new PhospheneException(
                        "Total variation needs an input with positions, found %s; leave it out with --tv-weight 0 or loss(new TotalVariation(2), 0)"
                            .formatted(image)));
    Expression powered = Expression.of(graph, variation);
    double elements = (double) image.shape().elements() / image.size(0);
    return (beta == 2 ? powered : powered.power(beta / 2)).sum().times(1 / elements);
  }

  /** The image one step further along an axis (-1 for none), where all differences exist. */
  private static Value shifted(Emitter graph, Value image, int[] spatial, int along) {
    Value block = image;
    for (int axis : spatial) {
      long first = axis == along ? 1 : 0;
      block = graph.slice(block, axis, first, image.size(axis) - 1 + first);
    }
    return block;
  }

  @Override
  public boolean regularizes() {
    return true;
  }

  @Override
  public String label() {
    return "total variation";
  }
}
