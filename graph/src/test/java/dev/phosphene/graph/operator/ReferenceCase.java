package dev.phosphene.graph.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.phosphene.graph.Attributes;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A node and what ONNX Runtime made of it, as {@code benchmark/peers/shapes.py} writes them. */
record ReferenceCase(String operator, Attributes attributes, JsonNode inputs, JsonNode outputs) {
  /** All cases of a file beside this class. */
  static Stream<ReferenceCase> read(String file) {
    try (InputStream stream =
        Objects.requireNonNull(ReferenceCase.class.getResourceAsStream(file))) {
      JsonNode rows = new ObjectMapper().readTree(stream);
      return StreamSupport.stream(rows.spliterator(), false)
          .map(
              row ->
                  new ReferenceCase(
                      row.get("operator").asText(),
                      attributes(row.get("attributes")),
                      row.get("inputs"),
                      row.get("outputs")))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Attributes attributes(JsonNode named) {
    Attributes attributes = Attributes.none();
    for (var entry : named.properties()) {
      attributes = attributes.with(entry.getKey(), attribute(entry.getValue()));
    }
    return attributes;
  }

  private static Object attribute(JsonNode value) {
    if (value.isObject()) {
      return tensor(value);
    } else if (value.isArray()) {
      return longs(value);
    } else if (value.isTextual()) {
      return value.asText();
    }
    return value.isIntegralNumber() ? (Object) value.longValue() : (Object) value.floatValue();
  }

  static long[] longs(JsonNode array) {
    return IntStream.range(0, array.size()).mapToLong(i -> array.get(i).longValue()).toArray();
  }

  static Tensor tensor(JsonNode described) {
    ElementType type = ElementType.valueOf(described.get("type").asText().toUpperCase(Locale.ROOT));
    List<JsonNode> values = new ArrayList<>();
    described.get("values").forEach(values::add);
    long[] sizes = longs(described.get("sizes"));
    if (type.isFloating()) {
      return Tensor.converted(
          type, values.stream().mapToDouble(ReferenceCase::real).toArray(), sizes);
    }
    long[] integers =
        values.stream()
            .mapToLong(value -> value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asLong())
            .toArray();
    return Tensor.converted(type, integers, sizes);
  }

  private static double real(JsonNode value) {
    if (!value.isTextual()) {
      return value.asDouble();
    }
    return switch (value.asText()) {
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }

  @Override
  public String toString() {
    return operator + " {" + attributes + "} " + inputs;
  }
}
