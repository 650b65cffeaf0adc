package dev.phosphene.visualize;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.Shape;
import java.util.List;
import java.util.stream.LongStream;

/** Finds the last layer whose output is still a map over the input. */
final class PenultimateLayer {
  private PenultimateLayer() {}

  /**
   * The last layer of the table before a target whose output has as many axes as the input, an axis
   * of filters, and more than one position.
   *
   * @throws PhospheneException where there is none
   */
  static Layer before(Model model, Target target, Shape inputShape) {
    String image = model.mainInput();
    BatchedNetwork network = BatchedNetwork.unfolded(model, image, List.of(target), inputShape);
    List<Layer> layers = model.layers().layers();
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      boolean before =
          !layer.output().equals(target.value())
              && !layer.equals(target.layer())
              && network.leadsTo(layer.output(), List.of(target));
      if (before && isMap(network.value(layer.output()), layer, inputShape)) {
        return layer;
      }
    }
    throw new PhospheneException(
        "No layer before \"%s\" has an output over the positions of the input %s; name one whose feature maps are to be weighted"
            .formatted(target.layer().name(), inputShape));
  }

  private static boolean isMap(Value output, Layer layer, Shape inputShape) {
    Shape shape = output.shape();
    if (layer.filterAxis().isEmpty()
        || !shape.isStatic()
        || shape.rank() != inputShape.rank()
        || shape.size(0) != inputShape.size(0)) {
      return false;
    }
    long filters = shape.size(layer.filterAxis().getAsInt());
    return LongStream.of(shape.sizes()).skip(1).reduce(1, (a, b) -> a * b) > filters;
  }
}
