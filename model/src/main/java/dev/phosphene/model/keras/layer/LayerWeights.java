package dev.phosphene.model.keras.layer;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;

/**
 * The weights of one layer, given one after the other in the order of Keras' {@code layer.weights}:
 * that is the order in which files have them, whatever they call them.
 */
public interface LayerWeights {
  /**
   * The next weight.
   *
   * @param what the weight is, for messages
   * @throws PhospheneException where the file has no more weights of the layer
   */
  Tensor next(String what);

  /**
   * The weights of a layer within this one, such as the cell of a recurrent layer. Files either
   * have them in groups of their own or between this layer's; ask for all in the order of {@code
   * layer.weights}.
   *
   * @param attribute name of the Python attribute that holds the inner layer; with {@code /} for an
   *     inner layer's inner layer
   */
  LayerWeights part(String attribute);

  /**
   * Whether convolution kernels are upside down, as Keras on Theano wrote them: it convolved where
   * others correlate.
   */
  boolean isFlipped();
}
