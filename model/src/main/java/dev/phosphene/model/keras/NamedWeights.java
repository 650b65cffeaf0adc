package dev.phosphene.model.keras;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.hdf.HdfGroup;
import dev.phosphene.model.keras.layer.LayerWeights;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Weights as {@code .h5} files have them: a group for each layer of the outermost network, with a
 * list of the names of all weights that are in it, those of inner networks after one another.
 */
final class NamedWeights implements NetworkWeights {
  private final HdfGroup group;
  private final Optional<List<String>> names;
  private final boolean isFlipped;

  private NamedWeights(HdfGroup group, Optional<List<String>> names, boolean isFlipped) {
    this.group = group;
    this.names = names;
    this.isFlipped = isFlipped;
  }

  /** The weights in a group that has one for each layer. */
  static NamedWeights of(HdfGroup group) {
    boolean isFlipped = group.text("backend").filter("theano"::equals).isPresent();
    return new NamedWeights(group, Optional.empty(), isFlipped);
  }

  /** Whether a group is one of these. */
  static boolean isIn(HdfGroup group) {
    return group.has("layer_names");
  }

  @Override
  public LayerWeights layer(NetworkConfig network, Entry layer) {
    NamedWeights weights = network(network, layer);
    return new Sequence(layer.name(), weights.group, weights.names.orElse(List.of()), isFlipped);
  }

  /** Within the group of an outer layer, the weights that have a layer's name in their path. */
  @Override
  public NamedWeights network(NetworkConfig network, Entry inner) {
    if (names.isEmpty()) {
      Optional<HdfGroup> own = group.group(inner.name());
      List<String> listed = own.map(found -> found.texts("weight_names")).orElse(List.of());
      return new NamedWeights(own.orElse(group), Optional.of(listed), isFlipped);
    }
    // A layer of the same name may stand in a network beside it.
    List<Entry> beside =
        network.layers().stream()
            .filter(other -> other.network() != null && !other.name().equals(inner.name()))
            .toList();
    List<String> matching =
        names.get().stream()
            .filter(name -> isWithin(name, inner.name()))
            .filter(name -> beside.stream().noneMatch(other -> isWithin(name, other.name())))
            .toList();
    // A network within a network need not be in the names of its weights.
    boolean isUnnamed = matching.isEmpty() && inner.network() != null;
    return new NamedWeights(group, isUnnamed ? names : Optional.of(matching), isFlipped);
  }

  private static boolean isWithin(String weight, String layer) {
    return weight.startsWith(layer + "/") || weight.contains("/" + layer + "/");
  }

  /** Weights one after the other. */
  private static final class Sequence implements LayerWeights, WeightCount.NetworkHolder {
    private final String layer;
    private final HdfGroup group;
    private final List<String> names;
    private final boolean isFlipped;
    private int position;

    Sequence(String layer, HdfGroup group, List<String> names, boolean isFlipped) {
      this.layer = layer;
      this.group = group;
      this.names = names;
      this.isFlipped = isFlipped;
    }

    @Override
    public Tensor next(String what) {
      if (position >= names.size()) {
        throw new PhospheneException(
            "layer \"%s\" has %d weights in the file, and \"%s\" is not among them; is this the file of another model?"
                .formatted(layer, names.size(), what));
      }
      String name = names.get(position++);
      return group
          .tensor(name)
          .orElseThrow(
              () ->
                  new PhospheneException(
                      "weight \"%s\" of layer \"%s\" is missing".formatted(name, layer)));
    }

    @Override
    public LayerWeights part(String attribute) {
      return this;
    }

    @Override
    public NetworkWeights asNetwork() {
      return new NamedWeights(group, Optional.of(names), isFlipped);
    }

    @Override
    public boolean isFlipped() {
      return isFlipped;
    }
  }
}
