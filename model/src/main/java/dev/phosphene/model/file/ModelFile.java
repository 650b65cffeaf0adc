package dev.phosphene.model.file;

import dev.phosphene.graph.Graph;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model file holds, whatever its format.
 *
 * @param graph its computation, in the one form that the intermediate representation has
 * @param layers its layers in their order, where the format has such; empty where layers are to be
 *     found in the graph
 * @param metadata notes on the whole model, such as {@code phosphene.labels}
 * @param producer name and version of the program that wrote the file; empty where it does not say
 */
public record ModelFile(
    Graph graph, Optional<List<FileLayer>> layers, Map<String, String> metadata, String producer) {
  public ModelFile {
    layers = layers.map(List::copyOf);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}
