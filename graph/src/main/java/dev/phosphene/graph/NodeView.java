package dev.phosphene.graph;

import dev.phosphene.tensor.Tensor;

/**
 * One node as a rule sees it that writes others because of it: its gradient, or simpler nodes in
 * its place.
 */
public interface NodeView extends Emitter {
  /** The node itself. */
  Node node();

  /** An input of the node, {@link Value#ABSENT} where it is not there. */
  Value input(int index);

  default Attributes attributes() {
    return node().attributes();
  }

  /**
   * Sizes of a value along all its axes.
   *
   * @throws PhospheneException where they are not all known
   */
  default long[] sizes(Value value) {
    if (!value.shape().isStatic()) {
      throw error(
          "its gradient needs the shape of \"%s\", found %s; fix the input's shape"
              .formatted(value.name(), value.shape()));
    }
    return value.shape().sizes();
  }

  /**
   * Content of an input that must be a constant.
   *
   * @param purpose what it is called in the operator's specification, for the message
   */
  default Tensor constant(int input, String purpose) {
    return constantOf(input(input))
        .orElseThrow(() -> error("its gradient needs \"" + purpose + "\" to be a constant"));
  }

  /** An error that points at the node. */
  default PhospheneException error(String problem) {
    return new PhospheneException(node().describe() + ": " + problem);
  }
}
