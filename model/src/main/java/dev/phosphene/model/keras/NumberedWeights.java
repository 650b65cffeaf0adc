package dev.phosphene.model.keras;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.keras.NetworkConfig.Entry;
import dev.phosphene.model.keras.hdf.HdfGroup;
import dev.phosphene.model.keras.layer.LayerWeights;
import dev.phosphene.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Weights as {@code .keras} and {@code .weights.h5} files have them: groups that follow the Python
 * objects, with numbered variables in each: {@code layers/conv2d_1/vars/0}.
 *
 * <p>Groups of layers have names of their classes, numbered in the order of {@code model.layers};
 * later versions of Keras note the layer's own name beside the variables.
 */
final class NumberedWeights implements NetworkWeights {
  /** Where a network's layers are; the second as Keras 2.12 wrote it. */
  private static final List<String> CONTAINERS =
      List.of("layers", "_layer_checkpoint_dependencies");

  private static final String VARIABLES = "vars";

  private final @Nullable HdfGroup layers;
  private final Map<String, String> noted = new HashMap<>();

  private NumberedWeights(@Nullable HdfGroup network) {
    HdfGroup found = null;
    for (String container : CONTAINERS) {
      if (found == null && network != null) {
        found = network.group(container).orElse(null);
      }
    }
    this.layers = found;
    if (found != null) {
      for (String group : found.names()) {
        found
            .group(group + "/" + VARIABLES)
            .flatMap(variables -> variables.text("name"))
            .ifPresent(name -> noted.put(name, group));
      }
    }
  }

  /** The weights in a group that is a network. */
  static NumberedWeights of(HdfGroup network) {
    return new NumberedWeights(network);
  }

  /** Whether a group is one of these. */
  static boolean isIn(HdfGroup group) {
    return CONTAINERS.stream().anyMatch(container -> group.group(container).isPresent());
  }

  @Override
  public LayerWeights layer(NetworkConfig network, Entry layer) {
    return new Sequence(layer.name(), find(network, layer));
  }

  @Override
  public NetworkWeights network(NetworkConfig network, Entry inner) {
    return new NumberedWeights(find(network, inner));
  }

  private @Nullable HdfGroup find(NetworkConfig network, Entry layer) {
    if (layers == null) {
      return null;
    }
    String name = noted.get(layer.name());
    return layers.group(name == null ? numbered(network, layer) : name).orElse(null);
  }

  /** The name of a layer's group: its class, and how many of that class came before. */
  private static String numbered(NetworkConfig network, Entry layer) {
    String own = snakeCase(layer.className());
    int before = 0;
    for (Entry other : network.layers()) {
      if (other.name().equals(layer.name())) {
        break;
      }
      boolean isListed = !other.isOperation() && !(network.isSequential() && other.isInput());
      before += isListed && snakeCase(other.className()).equals(own) ? 1 : 0;
    }
    return before == 0 ? own : own + "_" + before;
  }

  /** As {@code keras.src.utils.naming.to_snake_case} does it. */
  static String snakeCase(String className) {
    return className
        .replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /** Variables of one object, one after the other. */
  private static final class Sequence implements LayerWeights, WeightCount.NetworkHolder {
    private final String layer;
    private final @Nullable HdfGroup group;
    private int position;

    Sequence(String layer, @Nullable HdfGroup group) {
      this.layer = layer;
      this.group = group;
    }

    @Override
    public Tensor next(String what) {
      int index = position++;
      return Optional.ofNullable(group)
          .flatMap(found -> found.tensor(VARIABLES + "/" + index))
          .orElseThrow(
              () ->
                  new PhospheneException(
                      "weight %d (\"%s\") of layer \"%s\" is missing; is this the file of another model?"
                          .formatted(index, what, layer)));
    }

    @Override
    public LayerWeights part(String attribute) {
      // Attributes that have no public name are stored under their private one.
      HdfGroup inner =
          group == null
              ? null
              : group.group(attribute).or(() -> group.group("_" + attribute)).orElse(null);
      return new Sequence(layer + "/" + attribute, inner);
    }

    @Override
    public NetworkWeights asNetwork() {
      return new NumberedWeights(group);
    }

    @Override
    public boolean isFlipped() {
      return false;
    }
  }
}
