package dev.phosphene.model.keras;

import dev.phosphene.model.keras.layer.LayerWeights;
import dev.phosphene.tensor.Tensor;

/** Counts the elements of weights as they are read. */
final class WeightCount {
  private long total;

  /** Elements read so far. */
  long total() {
    return total;
  }

  /** The same weights, counted. */
  LayerWeights counting(LayerWeights weights) {
    return new Counting(weights);
  }

  /** The weights of a network that is an attribute of a layer. */
  NetworkWeights network(LayerWeights weights, String attribute) {
    LayerWeights part = weights.part(attribute);
    LayerWeights counted = part instanceof Counting counting ? counting.counted : part;
    return ((NetworkHolder) counted).asNetwork();
  }

  /** Weights of a layer that wraps a network. */
  interface NetworkHolder {
    NetworkWeights asNetwork();
  }

  private final class Counting implements LayerWeights {
    private final LayerWeights counted;

    Counting(LayerWeights counted) {
      this.counted = counted;
    }

    @Override
    public Tensor next(String what) {
      Tensor tensor = counted.next(what);
      total += tensor.elements();
      return tensor;
    }

    @Override
    public LayerWeights part(String attribute) {
      return new Counting(counted.part(attribute));
    }

    @Override
    public boolean isFlipped() {
      return counted.isFlipped();
    }
  }
}
