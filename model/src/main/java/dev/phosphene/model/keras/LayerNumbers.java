package dev.phosphene.model.keras;

import dev.phosphene.model.file.FileLayer;
import java.util.ArrayList;
import java.util.List;

/** Numbers layers as {@code model.layers} does: those of inner networks have no number. */
final class LayerNumbers {
  private LayerNumbers() {}

  static List<FileLayer> numbered(List<FileLayer> layers) {
    List<FileLayer> numbered = new ArrayList<>();
    int next = 0;
    String outer = "\0";
    for (FileLayer layer : layers) {
      boolean isInner = layer.name().startsWith(outer);
      if (!isInner) {
        outer = layer.name() + "/";
      }
      numbered.add(
          new FileLayer(
              isInner ? FileLayer.INNER : next++,
              layer.name(),
              layer.kind(),
              layer.output(),
              layer.filterAxis(),
              layer.parameters()));
    }
    return numbered;
  }
}
