package dev.phosphene.model;

import dev.phosphene.graph.Graph;
import dev.phosphene.model.file.FileLayer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The layers of a file that names them itself. */
final class NamedLayers {
  private final Graph graph;
  private final ChannelAxes channels;
  private final TokenGrids grids;
  private final AttentionHeads heads;

  private NamedLayers(Graph graph) {
    this.graph = graph;
    this.channels = new ChannelAxes(graph);
    this.grids = TokenGrids.of(graph);
    this.heads = new AttentionHeads(graph);
  }

  /**
   * The layer table of a file.
   *
   * @param model what messages call the model
   */
  static LayerTable of(Graph graph, List<FileLayer> layers, String model) {
    NamedLayers named = new NamedLayers(BatchShapes.refined(graph));
    return new LayerTable(model, named.list(layers), named::unlisted);
  }

  private List<Layer> list(List<FileLayer> layers) {
    Set<String> within = new HashSet<>();
    List<Layer> listed = new ArrayList<>();
    for (FileLayer layer : layers) {
      listed.add(layer(layer));
      if (layer.kind().endsWith("Attention")) {
        heads
            .before(layer.output())
            .filter(found -> within.add(found.value()))
            .map(found -> heads(layer.name() + ".heads", found))
            .ifPresent(listed::add);
      }
    }
    return listed;
  }

  private Layer heads(String name, AttentionHeads.Heads found) {
    return Layer.ofHeads(name, graph.value(found.value()), found, grids);
  }

  /** A value of the graph, such as what a shared layer gives when it is called again. */
  private Optional<Layer> unlisted(String name) {
    if (name.isEmpty() || (graph.producer(name).isEmpty() && !graph.isInput(name))) {
      return Optional.empty();
    }
    String kind = graph.producer(name).map(node -> node.type().name()).orElse("Input");
    return Optional.of(
        layer(new FileLayer(Layer.UNLISTED, name, kind, name, channels.of(name), 0)));
  }

  private Layer layer(FileLayer layer) {
    return Layer.of(
        layer.index(),
        layer.name(),
        layer.kind(),
        graph.value(layer.output()),
        layer.filterAxis(),
        layer.parameters(),
        grids.of(layer.output()));
  }
}
