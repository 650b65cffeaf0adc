package dev.phosphene.visualize;

import dev.phosphene.graph.Graph;
import dev.phosphene.graph.Node;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a model whose filters are to be excited or explained.
 *
 * @param layer as the layer table has it
 * @param value name of the value of the model's graph that is looked at: the layer's output, or
 *     what goes into the softmax that gives it
 * @param beforeSoftmax whether a softmax was left out
 */
public record Target(Layer layer, String value, boolean beforeSoftmax) {
  /** Operators that pass probabilities on as they are. */
  private static final Set<String> PASSING = Set.of("Identity", "Cast", "Dropout");

  /**
   * Finds a layer.
   *
   * @param layer index, name or glob as {@code LayerTable.find} takes it; null for the last layer
   * @param softmax whether a softmax at the end of the layer is kept. Without it, what goes into
   *     the softmax is taken: the gradient of a probability vanishes where the network is sure
   */
  public static Target of(Model model, @Nullable String layer, boolean softmax) {
    return ofLayer(
        model, layer == null ? model.layers().last() : model.layers().find(layer), softmax);
  }

  /**
   * A layer as it is looked at.
   *
   * @param layer of the model
   * @param softmax as above
   */
  public static Target ofLayer(Model model, Layer layer, boolean softmax) {
    Optional<String> logits =
        softmax ? Optional.empty() : beforeSoftmax(model.graph(), layer.output());
    return new Target(layer, logits.orElse(layer.output()), logits.isPresent());
  }

  private static Optional<String> beforeSoftmax(Graph graph, String value) {
    String current = value;
    while (true) {
      Optional<Node> producer = graph.producer(current);
      if (producer.isEmpty()) {
        return Optional.empty();
      }
      Node node = producer.get();
      if (node.is("Softmax")) {
        return Optional.of(node.input(0));
      }
      if (!node.type().domain().isEmpty() || !PASSING.contains(node.type().name())) {
        return Optional.empty();
      }
      current = node.input(0);
    }
  }

  /**
   * Number of filters or units.
   *
   * @throws PhospheneException where the layer has no filters
   */
  public int filters() {
    if (layer.filters().isEmpty()) {
      throw new PhospheneException(
          "Layer \"%s\" (%s, output %s) has no filters to choose from; choose a layer with filters, see: phosphene layers MODEL"
              .formatted(layer.name(), layer.kind(), layer.shape()));
    }
    return Math.toIntExact(layer.filters().getAsLong());
  }

  /**
   * Checks indices of filters.
   *
   * @throws PhospheneException where one is not in range; the message says the range
   */
  public void requireFilters(List<Integer> indices) {
    int filters = filters();
    for (int index : indices) {
      if (index < 0 || index >= filters) {
        throw new PhospheneException(
            "Layer \"%s\" has filters 0 to %d, found %d"
                .formatted(layer.name(), filters - 1, index));
      }
    }
  }
}
