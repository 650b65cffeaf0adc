package dev.phosphene.model.keras;

import dev.phosphene.model.keras.layer.LayerWeights;

/** The weights of a network, as a file groups them. */
interface NetworkWeights {
  /** The weights of a layer of the network; reading begins with its first one each time. */
  LayerWeights layer(NetworkConfig network, NetworkConfig.Entry layer);

  /** The weights of a network within the network. */
  NetworkWeights network(NetworkConfig network, NetworkConfig.Entry inner);
}
