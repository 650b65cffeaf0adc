package dev.phosphene.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What the specification says of an operator, a row of {@code operator_schemas.tsv}, which {@code
 * benchmark/peers/operator_schemas.py} writes.
 *
 * @param operator with its domain, such as {@code com.microsoft.Gelu}
 */
record OperatorSchema(
    String operator, List<Argument> inputs, List<Argument> outputs, List<Property> attributes) {

  /** What the table has in the place of values where numbers count from both ends. */
  private static final String FROM_BOTH_ENDS = "+-";

  enum Presence {
    REQUIRED,
    OPTIONAL,
    VARIADIC
  }

  /**
   * An input or output.
   *
   * @param types {@code floating} where float32 is among them, else the types
   * @param fromBothEnds whether negative numbers are positions from the end
   */
  record Argument(String name, Presence presence, List<String> types, boolean fromBothEnds) {
    boolean isFloating() {
      return types.contains("floating");
    }
  }

  /**
   * An attribute.
   *
   * @param byDefault empty where the specification gives none
   * @param values all that it may have, where the specification enumerates them
   */
  record Property(
      String name,
      boolean required,
      List<String> byDefault,
      List<String> values,
      boolean fromBothEnds) {}

  /** All operators of the table, by name. */
  static Map<String, OperatorSchema> readAll() throws IOException {
    Map<String, OperatorSchema> schemas = new LinkedHashMap<>();
    OperatorSchema current = new OperatorSchema("", List.of(), List.of(), List.of());
    for (String line : lines()) {
      String[] cells = Arrays.copyOf(line.split("\t"), 5);
      switch (cells[0]) {
        case "operator" -> {
          current =
              new OperatorSchema(cells[1], new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
          schemas.put(cells[1], current);
        }
        case "input" -> current.inputs.add(argument(cells));
        case "output" -> current.outputs.add(argument(cells));
        case "attribute" -> current.attributes.add(property(cells));
        default -> throw new IllegalStateException("Not a line of a table of operators: " + line);
      }
    }
    return schemas;
  }

  private static List<String> lines() throws IOException {
    try (InputStream table =
        Objects.requireNonNull(OperatorSchema.class.getResourceAsStream("operator_schemas.tsv"))) {
      return new String(table.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  private static Argument argument(String[] cells) {
    return new Argument(
        cells[1],
        Presence.valueOf(cells[2].toUpperCase(Locale.ROOT)),
        List.of(cells[3].split(",")),
        FROM_BOTH_ENDS.equals(cells[4]));
  }

  private static Property property(String[] cells) {
    String byDefault = Objects.requireNonNullElse(cells[3], "");
    String values = Objects.requireNonNullElse(cells[4], "");
    boolean required = byDefault.equals("REQUIRED");
    boolean fromBothEnds = values.equals(FROM_BOTH_ENDS);
    return new Property(
        cells[1],
        required,
        required || byDefault.isEmpty() ? List.of() : List.of(byDefault.split(",")),
        fromBothEnds || values.isEmpty() ? List.of() : List.of(values.split("\\|")),
        fromBothEnds);
  }
}
