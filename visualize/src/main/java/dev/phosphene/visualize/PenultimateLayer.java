package dev.phosphene.visualize;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Finds the last layer whose output is still a map over the input. */
final class PenultimateLayer {
  private PenultimateLayer() {}

  /**
   * The last layer of the table before a target whose output has as many axes as the input, an axis
   * of filters, and more than one position; or tokens that lie over the input, as wide as the
   * network is there. Where the target looks at a class token only, that is before the last
   * attention.
   *
   * @throws PhospheneException where there is none
   */
  static Layer before(Model model, Target target, Shape inputShape) {
    String image = model.mainInput();
    BatchedNetwork network = BatchedNetwork.unfolded(model, image, List.of(target), inputShape);
    Set<String> lookedAt = network.lookedAt(List.of(target));
    List<Layer> layers = model.layers().layers();
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      boolean before =
          !layer.output().equals(target.value())
              && !layer.equals(target.layer())
              && network.leadsTo(layer.output(), List.of(target))
              && lookedAt.contains(layer.output());
      if (before && (isTokens(network, layer) || isMap(network, layer, inputShape))) {
        return layer;
      }
    }
    throw new PhospheneException(
        "No layer before \"%s\" has an output over the positions of the input %s; name one whose feature maps are to be weighted"
            .formatted(target.layer().name(), inputShape));
  }

  private static boolean isTokens(BatchedNetwork network, Layer layer) {
    return network
        .tokens(layer.output())
        .filter(grid -> grid.positions() > 1)
        .filter(grid -> network.value(layer.output()).rank() == 3)
        .filter(grid -> network.view(layer, layer.output()).filters() == grid.features())
        .isPresent();
  }

  private static boolean isMap(BatchedNetwork network, Layer layer, Shape inputShape) {
    Shape shape = network.value(layer.output()).shape();
    if (layer.filterAxis().isEmpty()
        || network.tokens(layer.output()).isPresent()
        || !shape.isStatic()
        || shape.rank() != inputShape.rank()
        || shape.size(0) != inputShape.size(0)) {
      return false;
    }
    long filters = shape.size(layer.filterAxis().getAsInt());
    return LongStream.of(shape.sizes()).skip(1).reduce(1, (a, b) -> a * b) > filters;
  }
}
