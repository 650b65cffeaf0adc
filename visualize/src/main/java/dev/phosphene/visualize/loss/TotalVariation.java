package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.Arrays;

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
  public Value build(Emitter graph, Scene scene) {
    Value image = scene.image();
    Value here = shifted(graph, scene, -1);
    Value variation =
        Arrays.stream(scene.spatialAxes())
            .mapToObj(axis -> graph.square(graph.subtract(shifted(graph, scene, axis), here)))
            .reduce(graph::add)
            .orElseThrow(
                () ->
                    new PhospheneException(
                        "Total variation needs an input with height and width, found " + image));
    Value powered = beta == 2 ? variation : graph.power(variation, beta / 2);
    return graph.multiply(
        graph.reduceSum(powered, false, graph.axesFrom(image, 1)), 1.0 / scene.elementsOfImage());
  }

  /** The image one step further along an axis (-1 for none), where all differences exist. */
  private static Value shifted(Emitter graph, Scene scene, int along) {
    Value block = scene.image();
    for (int axis : scene.spatialAxes()) {
      long first = axis == along ? 1 : 0;
      block = graph.slice(block, axis, first, scene.image().size(axis) - 1 + first);
    }
    return block;
  }

  @Override
  public String label() {
    return "total variation";
  }
}
