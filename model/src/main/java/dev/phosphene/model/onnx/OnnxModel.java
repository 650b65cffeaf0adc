package dev.phosphene.model.onnx;

import dev.phosphene.graph.Graph;
import dev.phosphene.model.file.ModelFile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an ONNX file holds.
 *
 * @param graph its computation, in the one form that the intermediate representation has
 * @param metadata notes on the whole model, such as {@code phosphene.labels}
 * @param producer name and version of the program that wrote the file; empty where it does not say
 * @param irVersion version of the file format
 * @param operatorSets version of the operators by domain, as the file declares them
 */
public record OnnxModel(
    Graph graph,
    Map<String, String> metadata,
    String producer,
    long irVersion,
    Map<String, Long> operatorSets) {
  public OnnxModel {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    operatorSets = Collections.unmodifiableMap(new LinkedHashMap<>(operatorSets));
  }

  /** What files of all formats have. */
  public ModelFile file() {
    return new ModelFile(graph, Optional.empty(), metadata, producer);
  }
}
