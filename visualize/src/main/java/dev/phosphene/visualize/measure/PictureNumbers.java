package dev.phosphene.visualize.measure;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The numbers of one picture, as far as they are known; all are finite.
 *
 * @param values in the order of {@link Measure}
 */
public record PictureNumbers(Map<Measure, Double> values) {
  /** No numbers. */
  public static final PictureNumbers NONE = new PictureNumbers(Map.of());

  public PictureNumbers {
    Map<Measure, Double> finite = new EnumMap<>(Measure.class);
    values.forEach(
        (measure, value) -> {
          if (Double.isFinite(value)) {
            finite.put(measure, value);
          }
        });
    values = Collections.unmodifiableMap(finite);
  }

  /** Reads numbers by name; names that this version does not know are left out. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static PictureNumbers ofJson(Map<String, Double> byName) {
    Map<Measure, Double> values = new EnumMap<>(Measure.class);
    byName.forEach(
        (key, value) -> Measure.ofKey(key).ifPresent(measure -> values.put(measure, value)));
    return new PictureNumbers(values);
  }

  /** The numbers by their names in JSON. */
  @JsonValue
  public Map<String, Double> toJson() {
    Map<String, Double> byName = new LinkedHashMap<>();
    values.forEach((measure, value) -> byName.put(measure.key(), value));
    return byName;
  }

  /** A number, if it is known. */
  public OptionalDouble get(Measure measure) {
    Double value = values.get(measure);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** These numbers and one more; one that is not finite is left out. */
  public PictureNumbers with(Measure measure, double value) {
    Map<Measure, Double> more = new EnumMap<>(Measure.class);
    more.putAll(values);
    more.put(measure, value);
    return new PictureNumbers(more);
  }
}
