package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a layer is called with: tensors, and lists and maps of such, and anything else as it stands
 * in the configuration.
 *
 * @param <T> what stands for a tensor: a reference in a configuration, a value in a graph
 */
public sealed interface Argument<T> {
  /** A tensor. */
  record Given<T>(T tensor) implements Argument<T> {}

  /** A list or tuple. */
  record Many<T>(List<Argument<T>> items) implements Argument<T> {
    public Many {
      items = List.copyOf(items);
    }
  }

  /** A dictionary. */
  record Named<T>(Map<String, Argument<T>> entries) implements Argument<T> {
    public Named {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** A number, a text, nothing, or a list of such. */
  record Plain<T>(JsonNode value) implements Argument<T> {}

  /** All tensors in it, in their order. */
  default List<T> tensors() {
    List<T> found = new ArrayList<>();
    collect(found);
    return found;
  }

  private void collect(Collection<T> found) {
    if (this instanceof Given<T> given) {
      found.add(given.tensor());
    } else if (this instanceof Many<T> many) {
      many.items().forEach(item -> item.collect(found));
    } else if (this instanceof Named<T> named) {
      named.entries().values().forEach(entry -> entry.collect(found));
    }
  }

  /** The same with something else for each tensor. */
  default <U> Argument<U> map(Function<T, U> mapping) {
    if (this instanceof Given<T> given) {
      return new Given<>(mapping.apply(given.tensor()));
    } else if (this instanceof Many<T> many) {
      List<Argument<U>> items = new ArrayList<>();
      many.items().forEach(item -> items.add(item.map(mapping)));
      return new Many<>(items);
    } else if (this instanceof Named<T> named) {
      Map<String, Argument<U>> entries = new LinkedHashMap<>();
      named.entries().forEach((key, entry) -> entries.put(key, entry.map(mapping)));
      return new Named<>(entries);
    }
    return new Plain<>(((Plain<T>) this).value());
  }
}
