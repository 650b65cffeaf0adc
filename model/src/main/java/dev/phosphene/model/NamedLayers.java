package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.model.file.FileLayer;
import dev.phosphene.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The layers of a file that names them itself. */
final class NamedLayers {
  private NamedLayers() {}

  /**
   * The layer table of a file.
   *
   * @param model what messages call the model
   */
  static LayerTable of(Graph graph, List<FileLayer> layers, String model) {
    Graph refined = BatchShapes.refined(graph);
    List<Layer> listed = layers.stream().map(layer -> layer(refined, layer)).toList();
    ChannelAxes channels = new ChannelAxes(refined);
    return new LayerTable(model, listed, name -> unlisted(refined, channels, name));
  }

  /** A value of the graph, such as what a shared layer gives when it is called again. */
  private static Optional<Layer> unlisted(Graph graph, ChannelAxes channels, String name) {
    if (name.isEmpty() || (graph.producer(name).isEmpty() && !graph.isInput(name))) {
      return Optional.empty();
    }
    String kind = graph.producer(name).map(node -> node.type().name()).orElse("Input");
    return Optional.of(
        layer(graph, new FileLayer(Layer.UNLISTED, name, kind, name, channels.of(name), 0)));
  }

  private static Layer layer(Graph graph, FileLayer layer) {
    Shape shape = graph.value(layer.output()).shape();
    OptionalInt axis = layer.filterAxis();
    OptionalLong filters =
        axis.isPresent()
                && shape.isRankKnown()
                && axis.getAsInt() < shape.rank()
                && shape.dimension(axis.getAsInt()).isKnown()
            ? OptionalLong.of(shape.size(axis.getAsInt()))
            : OptionalLong.empty();
    return new Layer(
        layer.index(),
        layer.name(),
        layer.kind(),
        layer.output(),
        shape,
        axis,
        filters,
        layer.parameters());
  }
}
