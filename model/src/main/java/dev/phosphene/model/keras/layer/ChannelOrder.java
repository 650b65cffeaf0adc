package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.Value;

/**
 * Brings channels before the spatial axes, where the graph's operators have them, and back. What
 * stands between two layers cancels when the graph is simplified.
 */
final class ChannelOrder {
  private ChannelOrder() {}

  /** A value of the layer with its channels at axis 1. */
  static Value toFirst(LayerCall call, Value x) {
    return call.isChannelsFirst() ? x : toFirst(call, x, x.rank() - 1);
  }

  /** A value with one axis moved to axis 1. */
  static Value toFirst(LayerCall call, Value x, int axis) {
    if (axis == 1) {
      return x;
    }
    int[] order = new int[x.rank()];
    order[1] = axis;
    for (int to = 2, from = 1; to < order.length; from++) {
      if (from != axis) {
        order[to++] = from;
      }
    }
    return call.graph().transpose(x, order);
  }

  /** A value of the layer with its channels where its configuration says, from axis 1. */
  static Value restore(LayerCall call, Value x) {
    return call.isChannelsFirst() ? x : restore(call, x, x.rank() - 1);
  }

  /** A value with axis 1 moved to another one. */
  static Value restore(LayerCall call, Value x, int axis) {
    if (axis == 1) {
      return x;
    }
    int[] order = new int[x.rank()];
    order[axis] = 1;
    for (int to = 1, from = 2; from < order.length; to++) {
      if (to != axis) {
        order[to] = from++;
      }
    }
    return call.graph().transpose(x, order);
  }
}
