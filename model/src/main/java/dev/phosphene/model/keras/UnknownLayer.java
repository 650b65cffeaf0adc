package dev.phosphene.model.keras;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.layer.KerasLayers;
import dev.phosphene.model.keras.layer.LayerCall;

/** What to do about layers that are not known. */
final class UnknownLayer {
  private UnknownLayer() {}

  static PhospheneException error(LayerCall call, Entry entry, KerasLayers table) {
    String remedy =
        "supply it with KerasLayers.STANDARD.with(\"%s\", ...) when opening the model, or export the model as ONNX"
            .formatted(entry.className());
    if (entry.className().equals("Lambda")) {
      return call.error("it is Python code, which is never run; " + remedy);
    } else if (entry.isOperation()) {
      return call.error(
          "this operation is not known, expected one of those of keras.ops that are in the table; export the model as ONNX");
    }
    boolean isKeras = table.classNames().stream().anyMatch(entry.className()::equalsIgnoreCase);
    return call.error(
        "no layer of this class is known%s; %s"
            .formatted(isKeras ? " (its name is written otherwise)" : "", remedy));
  }
}
