package dev.phosphene.visualize.atlas;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Layer;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.Target;
import dev.phosphene.visualize.atlas.AtlasIndex.LeftOut;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Layers for an atlas.
 *
 * <p>Where nobody names them, those that are worth a picture for each filter: what makes new
 * filters (convolutions, dense layers, attention) or adds up those of a residual block, once each,
 * with its normalization and before its activation. Before, because a rectifier that is off passes
 * no gradient on, and a picture that starts from noise stays noise; with, because a normalization
 * may turn the sign of a filter. The last layer is shown as it is, as the classes are its filters.
 *
 * @param targets in the order of the layer table
 * @param leftOut layers with filters that are not among them, in that order, and why
 */
public record LayerSelection(List<Target> targets, List<LeftOut> leftOut) {
  public LayerSelection {
    targets = List.copyOf(targets);
    leftOut = List.copyOf(leftOut);
  }

  /**
   * The layers that a user names.
   *
   * @param wanted indices, names and globs, each of which may mean several layers
   * @throws PhospheneException where one means no layer, or only layers without filters
   */
  public static LayerSelection named(Model model, List<String> wanted, boolean softmax) {
    Map<String, Target> targets = new LinkedHashMap<>();
    List<LeftOut> leftOut = new ArrayList<>();
    for (String each : wanted) {
      List<Layer> found = model.layers().findAll(each);
      List<Layer> useful = found.stream().filter(layer -> isNamed(model, layer)).toList();
      if (useful.isEmpty() || found.size() == 1) {
        Target.ofLayer(model, found.get(0), softmax).filters(); // says what is wrong
      }
      useful.forEach(layer -> targets.put(layer.name(), Target.ofLayer(model, layer, softmax)));
      found.stream()
          .filter(layer -> !useful.contains(layer))
          .forEach(layer -> leftOut.add(new LeftOut(layer.name(), "it has no filters")));
    }
    return new LayerSelection(List.copyOf(targets.values()), leftOut);
  }

  /** Whether a layer has filters and is what its name stands for. */
  private static boolean isNamed(Model model, Layer layer) {
    return layer.filters().isPresent()
        && layer.filters().getAsLong() > 0
        && model.layers().find(layer.name()).equals(layer);
  }

  /**
   * The layers that are worth it.
   *
   * @throws PhospheneException where there is none
   */
  public static LayerSelection usual(Model model, boolean softmax) {
    Choice choice = new Choice(model);
    for (Layer layer : model.layers().layers()) {
      if (isNamed(model, layer)) {
        choice.consider(layer);
      }
    }
    if (choice.chosen.isEmpty()) {
      throw new PhospheneException(
          "Model %s has no convolution or dense layer whose filters could be shown; choose layers with --layer, see: phosphene layers %s"
              .formatted(model.name(), model.name()));
    }
    return new LayerSelection(
        choice.chosen.values().stream()
            .map(layer -> Target.ofLayer(model, layer, softmax))
            .toList(),
        choice.reasons.entrySet().stream()
            .map(each -> new LeftOut(each.getKey(), each.getValue()))
            .toList());
  }

  /** The layers chosen so far. */
  private static final class Choice {
    private static final String NOTHING_NEW = "it makes no new filters";

    private final LayerChain chain;
    private final Layer last;
    private final Map<String, Layer> chosen = new LinkedHashMap<>();
    private final Map<String, String> reasons = new LinkedHashMap<>();

    /** What shows the filters of a layer that was left out, by name. */
    private final Map<String, Layer> shownBy = new LinkedHashMap<>();

    Choice(Model model) {
      this.chain = new LayerChain(model);
      this.last = model.layers().last();
    }

    void consider(Layer layer) {
      if (layer.index() == Layer.UNLISTED) {
        reasons.put(layer.name(), "it is a part of another layer");
        return;
      }
      Optional<LayerChain.Link> before =
          chain.before(layer).filter(link -> link.layer().filters().equals(layer.filters()));
      Optional<Layer> source = before.map(link -> shown(link.layer()));
      Optional<Layer> same = source.filter(each -> chosen.containsKey(each.name()));
      LayerRole role = LayerRole.of(layer);
      if (role == LayerRole.ADDING && before.isPresent()) {
        role = LayerRole.NORMALIZING; // to one source: a bias
      }
      if (layer.equals(last)) {
        if (role != LayerRole.COMPUTING) {
          same.ifPresent(each -> replace(each, layer, "its values are the outputs \"%s\""));
        }
        chosen.put(layer.name(), layer);
        return;
      }
      switch (role) {
        case COMPUTING, ADDING -> chosen.put(layer.name(), layer);
        case NORMALIZING -> {
          if (before.filter(this::isToBeNormalized).isPresent()) {
            replace(
                same.orElseThrow(), layer, "it is shown with its normalization or bias, as \"%s\"");
            chosen.put(layer.name(), layer);
          } else {
            leaveOut(layer, source, "it only shifts and scales");
          }
        }
        case ACTIVATING -> {
          if (same.isPresent()) {
            leaveOut(layer, same, "its filters are shown before the activation, as \"%s\"");
          } else if (source.isPresent()) {
            leaveOut(layer, source, NOTHING_NEW);
          } else {
            chosen.put(layer.name(), layer);
          }
        }
        case OTHER -> leaveOut(layer, source, NOTHING_NEW);
      }
    }

    /** Whether what follows a layer directly, and nothing else does, is better shown than it. */
    private boolean isToBeNormalized(LayerChain.Link link) {
      return link.exclusive()
          && chosen.containsKey(link.layer().name())
          && LayerRole.of(link.layer()) == LayerRole.COMPUTING;
    }

    /** The layer that shows the filters of another one. */
    private Layer shown(Layer layer) {
      return shownBy.getOrDefault(layer.name(), layer);
    }

    private void replace(Layer old, Layer by, String reason) {
      chosen.remove(old.name());
      reasons.put(old.name(), reason.formatted(by.name()));
      shownBy.replaceAll((name, shown) -> shown.equals(old) ? by : shown);
      shownBy.put(old.name(), by);
    }

    private void leaveOut(Layer layer, Optional<Layer> source, String reason) {
      source.ifPresent(each -> shownBy.put(layer.name(), each));
      reasons.put(
          layer.name(), source.isPresent() ? reason.formatted(source.get().name()) : reason);
    }
  }
}
