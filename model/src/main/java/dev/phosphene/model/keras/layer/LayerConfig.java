package dev.phosphene.model.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.phosphene.graph.PhospheneException;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;

/**
 * The configuration of a layer as Keras wrote it, read with checks.
 *
 * @param layer how messages call the layer
 * @param json what its {@code get_config()} gave
 */
public record LayerConfig(String layer, JsonNode json) {
  /** What stands under a key; a missing node where nothing does, or null. */
  public JsonNode node(String key) {
    JsonNode found = json.path(key);
    return found.isNull() ? json.path("") : found;
  }

  /** Whether something other than null stands under a key. */
  public boolean has(String key) {
    return json.hasNonNull(key);
  }

  public String text(String key, String otherwise) {
    JsonNode found = node(key);
    if (found.isMissingNode()) {
      return otherwise;
    }
    if (!found.isTextual()) {
      throw unexpected(key, "a text");
    }
    return found.asText();
  }

  public boolean flag(String key, boolean otherwise) {
    JsonNode found = node(key);
    if (found.isMissingNode()) {
      return otherwise;
    }
    if (!found.isBoolean() && !found.isIntegralNumber()) {
      throw unexpected(key, "true or false");
    }
    return found.asBoolean();
  }

  public double number(String key, double otherwise) {
    JsonNode found = node(key);
    if (found.isMissingNode()) {
      return otherwise;
    }
    return number(key, found);
  }

  /** A number; Keras may have written one as an array of one element, or as a NumPy scalar. */
  private double number(String key, JsonNode node) {
    JsonNode inner = node.isObject() ? node.path("config").path("value") : node;
    if (inner.isArray() && inner.size() == 1) {
      inner = inner.get(0);
    }
    if (!inner.isNumber()) {
      throw unexpected(key, "a number");
    }
    return inner.doubleValue();
  }

  public long integer(String key, long otherwise) {
    JsonNode found = node(key);
    if (found.isMissingNode()) {
      return otherwise;
    }
    if (!found.isNumber() || found.doubleValue() != Math.rint(found.doubleValue())) {
      throw unexpected(key, "an integer");
    }
    return found.longValue();
  }

  /** An integer that must be there and above 0. */
  public long count(String key) {
    long count = integer(key, 0);
    if (count < 1) {
      throw unexpected(key, "an integer above 0");
    }
    return count;
  }

  /** Integers along some axes; one alone stands for all of them. */
  public long[] integers(String key, int axes, long otherwise) {
    JsonNode found = node(key);
    long[] integers = new long[axes];
    Arrays.fill(integers, otherwise);
    if (found.isMissingNode()) {
      return integers;
    }
    if (found.isIntegralNumber()) {
      Arrays.fill(integers, found.longValue());
      return integers;
    }
    if (!found.isArray() || found.size() != axes) {
      throw unexpected(key, axes + " integers");
    }
    for (int axis = 0; axis < axes; axis++) {
      if (!found.get(axis).isIntegralNumber()) {
        throw unexpected(key, axes + " integers");
      }
      integers[axis] = found.get(axis).longValue();
    }
    return integers;
  }

  /** As {@link #integers(String, int, long)}, all above 0. */
  public long[] counts(String key, int axes, long otherwise) {
    long[] counts = integers(key, axes, otherwise);
    if (Arrays.stream(counts).anyMatch(count -> count < 1 || count > Integer.MAX_VALUE)) {
      throw unexpected(key, axes + " integers above 0");
    }
    return counts;
  }

  /** Integers, however many there are; a single one counts as one of them. */
  public long[] integers(String key, long... otherwise) {
    JsonNode found = node(key);
    return found.isMissingNode()
        ? otherwise.clone()
        : integers(key, found.isArray() ? found.size() : 1, 0);
  }

  /** Numbers, of lists within lists too. */
  public double[] numbers(String key) {
    return numbers(key, node(key)).toArray();
  }

  private DoubleStream numbers(String key, JsonNode found) {
    if (found.isObject()) { // a NumPy array or tensor: {"class_name": "__numpy__", "config": ...}
      return numbers(key, found.path("config").path("value"));
    }
    if (!found.isArray()) {
      return DoubleStream.of(number(key, found));
    }
    return StreamSupport.stream(found.spliterator(), false)
        .flatMapToDouble(item -> numbers(key, item));
  }

  /** An error that names the layer and the key. */
  public PhospheneException unexpected(String key, String expected) {
    JsonNode found = json.path(key);
    String shown = found.isMissingNode() ? "nothing" : found.toString();
    return new PhospheneException(
        "%s: \"%s\" is %s, expected %s"
            .formatted(
                layer, key, shown.length() > 80 ? shown.substring(0, 80) + "…" : shown, expected));
  }
}
