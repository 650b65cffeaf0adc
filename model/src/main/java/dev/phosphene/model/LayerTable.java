package dev.phosphene.model;

import dev.phosphene.graph.PhospheneException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What of a model can be visualized: the layers that its author knows, in the order of data. */
public final class LayerTable {
  /** Names that an error lists. */
  private static final int SUGGESTIONS = 3;

  private final String model;
  private final List<Layer> layers;
  private final List<Layer> counted;
  private final Map<String, Layer> byName = new LinkedHashMap<>();
  private final Function<String, Optional<Layer>> unlisted;

  /**
   * A table of these layers.
   *
   * @param model what messages call the model: its file
   * @param unlisted finds what can be named but is not in the table, such as a container of layers
   */
  LayerTable(String model, List<Layer> layers, Function<String, Optional<Layer>> unlisted) {
    this.model = model;
    this.layers = List.copyOf(layers);
    this.counted = layers.stream().filter(layer -> layer.index() != Layer.UNLISTED).toList();
    this.unlisted = unlisted;
    layers.forEach(layer -> byName.putIfAbsent(layer.name(), layer));
  }

  /** All layers; those within another layer follow it, and have no index of their own. */
  public List<Layer> layers() {
    return layers;
  }

  /** This table with every layer changed, those that are not listed too. */
  LayerTable with(UnaryOperator<Layer> change) {
    return new LayerTable(
        model, layers.stream().map(change).toList(), name -> unlisted.apply(name).map(change));
  }

  /** This table with another kind for the layer of an index. */
  LayerTable withKind(int index, String kind) {
    List<Layer> changed = new ArrayList<>(layers);
    changed.replaceAll(layer -> layer.index() == index ? layer.withKind(kind) : layer);
    return new LayerTable(model, changed, unlisted);
  }

  /**
   * The layer at the end of the network.
   *
   * @throws PhospheneException where the table is empty
   */
  public Layer last() {
    return at(-1);
  }

  /**
   * The layer that a user means.
   *
   * @param wanted an index, negative from the end; or a name; or a glob ({@code *} any characters,
   *     {@code ?} one) that matches one layer; or the name of a container of layers, a node or a
   *     value of the graph
   * @throws PhospheneException where there is none or are several; the message lists the nearest
   */
  public Layer find(String wanted) {
    Layer named = byName.get(wanted);
    if (named != null) {
      return named;
    }
    Optional<Layer> other = unlisted.apply(wanted);
    Integer index = index(wanted);
    if (index != null
        && (other.isEmpty() || (index < counted.size() && index >= -counted.size()))) {
      return at(index);
    }
    if (other.isPresent()) {
      return other.get();
    }
    return isGlob(wanted) ? matching(wanted) : unknown(wanted);
  }

  private static boolean isGlob(String wanted) {
    return wanted.contains("*") || wanted.contains("?");
  }

  /**
   * All layers that a user means: those that a glob matches, else the one that {@link #find} finds.
   *
   * @throws PhospheneException where there is none
   */
  public List<Layer> findAll(String wanted) {
    List<Layer> matches =
        byName.containsKey(wanted) || !isGlob(wanted) ? List.of() : matches(wanted);
    return matches.isEmpty() ? List.of(find(wanted)) : matches;
  }

  private static @Nullable Integer index(String wanted) {
    try {
      return Integer.valueOf(wanted);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private Layer at(int index) {
    if (counted.isEmpty()) {
      throw new PhospheneException("Model %s has no layers to visualize".formatted(model));
    }
    int position = index < 0 ? index + counted.size() : index;
    if (position < 0 || position >= counted.size()) {
      throw new PhospheneException(
          "Model %s has no layer %d: expected 0 to %d, or -1 to -%d from the end. %s"
              .formatted(model, index, counted.size() - 1, counted.size(), hint()));
    }
    return counted.get(position);
  }

  private Layer matching(String glob) {
    List<Layer> matches = matches(glob);
    if (matches.size() == 1) {
      return matches.get(0);
    }
    if (matches.isEmpty()) {
      throw new PhospheneException(
          "No layer of model %s matches \"%s\". %s".formatted(model, glob, hint()));
    }
    List<String> first = matches.stream().limit(SUGGESTIONS).map(Layer::name).toList();
    throw new PhospheneException(
        "\"%s\" matches %d layers of model %s, expected one: %s%s"
            .formatted(
                glob,
                matches.size(),
                model,
                String.join(", ", first),
                matches.size() > SUGGESTIONS ? ", ..." : ""));
  }

  private List<Layer> matches(String glob) {
    return layers.stream().filter(layer -> matches(glob, layer.name())).toList();
  }

  /** Whether a name fits a glob; the work is bounded by the product of their lengths. */
  private static boolean matches(String glob, String name) {
    boolean[] fits = new boolean[name.length() + 1]; // whether the glob so far fits this beginning
    fits[0] = true;
    for (int position = 0; position < glob.length(); position++) {
      char c = glob.charAt(position);
      boolean[] next = new boolean[fits.length];
      next[0] = c == '*' && fits[0];
      for (int i = 1; i < fits.length; i++) {
        next[i] =
            c == '*'
                ? fits[i] || next[i - 1]
                : fits[i - 1] && (c == '?' || c == name.charAt(i - 1));
      }
      fits = next;
    }
    return fits[name.length()];
  }

  private Layer unknown(String wanted) {
    List<String> near = NearestNames.of(wanted, byName.keySet(), SUGGESTIONS);
    String suggestion =
        near.isEmpty() ? "" : " Did you mean \"" + String.join("\", \"", near) + "\"?";
    throw new PhospheneException(
        "Model %s has no layer \"%s\".%s %s".formatted(model, wanted, suggestion, hint()));
  }

  private String hint() {
    return "List them with: phosphene layers " + model;
  }
}
