package dev.phosphene.model.onnx;

import dev.phosphene.graph.GraphBuilder;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Tensor;
import java.util.Optional;

/** What an upgrade of a node sees of the graph before the node, and where its constants go. */
record UpgradeTarget(GraphBuilder builder, Names names) {
  /** Adds a constant that belongs to a value, and gives its name. */
  String constant(String owner, Tensor tensor) {
    return builder.constant(names.fresh(owner), tensor).name();
  }

  /** A name for a value on the way to another one. */
  String fresh(String like) {
    return names.fresh(like);
  }

  Value value(String name) {
    return builder.value(name);
  }

  /** Whether a value comes before the node; what an upgrade adds itself does not yet. */
  boolean defines(String name) {
    return builder.defines(name);
  }

  Optional<Tensor> constantOf(String name) {
    return builder.constantOf(builder.value(name));
  }
}
