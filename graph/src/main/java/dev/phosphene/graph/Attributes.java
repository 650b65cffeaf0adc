package dev.phosphene.graph;

import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The named attributes of a node.
 *
 * @param values in the order in which they were given
 */
public record Attributes(Map<String, Attribute> values) {
  private static final Attributes NONE = new Attributes(Map.of());

  public Attributes {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  public static Attributes none() {
    return NONE;
  }

  /**
   * Attributes from alternating names and values, such as {@code of("axis", 1, "mode", "linear")}.
   *
   * @param namesAndValues each value an integer, a float or double, a string, {@code long[]},
   *     {@code int[]}, {@code float[]}, a {@link Tensor} or a {@link Graph}
   * @throws IllegalArgumentException for any other value
   */
  public static Attributes of(Object... namesAndValues) {
    Map<String, Attribute> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put((String) namesAndValues[i], attribute(namesAndValues[i + 1]));
    }
    return new Attributes(values);
  }

  private static Attribute attribute(Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return new Attribute.IntegerValue(((Number) value).longValue());
    } else if (value instanceof Float || value instanceof Double) {
      return new Attribute.RealValue(((Number) value).floatValue());
    } else if (value instanceof String text) {
      return new Attribute.TextValue(text);
    } else if (value instanceof long[] integers) {
      return new Attribute.Integers(integers);
    } else if (value instanceof int[] integers) {
      return new Attribute.Integers(Arrays.stream(integers).asLongStream().toArray());
    } else if (value instanceof float[] reals) {
      return new Attribute.Reals(reals);
    } else if (value instanceof Tensor tensor) {
      return new Attribute.TensorValue(tensor);
    } else if (value instanceof Graph graph) {
      return new Attribute.GraphValue(graph);
    } else if (value instanceof Attribute attribute) {
      return attribute;
    }
    throw new IllegalArgumentException("Not a value of an attribute: " + value);
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public long integer(String name, long otherwise) {
    return typed(name, Attribute.IntegerValue.class)
        .map(Attribute.IntegerValue::value)
        .orElse(otherwise);
  }

  public boolean flag(String name, boolean otherwise) {
    return integer(name, otherwise ? 1 : 0) != 0;
  }

  public float real(String name, double otherwise) {
    return typed(name, Attribute.RealValue.class)
        .map(Attribute.RealValue::value)
        .orElse((float) otherwise);
  }

  public String text(String name, String otherwise) {
    return typed(name, Attribute.TextValue.class).map(Attribute.TextValue::value).orElse(otherwise);
  }

  public Optional<long[]> integers(String name) {
    return typed(name, Attribute.Integers.class).map(Attribute.Integers::values);
  }

  public Optional<float[]> reals(String name) {
    return typed(name, Attribute.Reals.class).map(Attribute.Reals::values);
  }

  public Optional<List<String>> texts(String name) {
    return typed(name, Attribute.Texts.class).map(Attribute.Texts::values);
  }

  public Optional<Tensor> tensor(String name) {
    return typed(name, Attribute.TensorValue.class).map(Attribute.TensorValue::value);
  }

  public Optional<Graph> graph(String name) {
    return typed(name, Attribute.GraphValue.class).map(Attribute.GraphValue::value);
  }

  /** These attributes and one more, or with another value for it. */
  public Attributes with(String name, Object value) {
    Map<String, Attribute> changed = new LinkedHashMap<>(values);
    changed.put(name, attribute(value));
    return new Attributes(changed);
  }

  /** These attributes and others, which count where both name one. */
  public Attributes withAll(Attributes others) {
    Map<String, Attribute> changed = new LinkedHashMap<>(values);
    changed.putAll(others.values);
    return new Attributes(changed);
  }

  public Attributes without(String... names) {
    Map<String, Attribute> changed = new LinkedHashMap<>(values);
    changed.keySet().removeAll(Arrays.asList(names));
    return new Attributes(changed);
  }

  private <T extends Attribute> Optional<T> typed(String name, Class<T> kind) {
    Attribute attribute = values.get(name);
    if (attribute == null) {
      return Optional.empty();
    }
    if (!kind.isInstance(attribute)) {
      throw new PhospheneException(
          "Attribute \"%s\" should be of kind %s, found %s"
              .formatted(name, kind.getSimpleName(), attribute));
    }
    return Optional.of(kind.cast(attribute));
  }

  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
