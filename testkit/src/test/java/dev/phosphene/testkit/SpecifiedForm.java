package dev.phosphene.testkit;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.graph.Attribute;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.testkit.OperatorSchema.Argument;
import dev.phosphene.testkit.OperatorSchema.Presence;
import dev.phosphene.testkit.OperatorSchema.Property;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;

/**
 * A form that an operator may have by its specification, and that some declared case of its
 * gradient rule should have: an attribute with one of its values or left out, an optional input
 * given or not, positions from the end, a type of indices, the gradient through one of the outputs.
 *
 * @param name such as {@code mode=cubic} or {@code roi absent}
 */
record SpecifiedForm(String name, Predicate<GradientCase> isOf) {

  /** Lists that the specification lets be left out, and what all of their elements are then. */
  private static final Map<String, String> IMPLIED =
      Map.of("strides", "1", "dilations", "1", "pads", "0", "output_padding", "0");

  /** All forms of an operator. */
  static List<SpecifiedForm> of(OperatorSchema schema) {
    List<SpecifiedForm> forms = new ArrayList<>();
    byParameter(schema).forEach(forms::addAll);
    for (int i = 0; i < schema.outputs().size(); i++) {
      if (schema.outputs().get(i).isFloating()) {
        int output = i;
        forms.add(
            new SpecifiedForm(
                "through output " + schema.outputs().get(i).name(),
                checked -> checked.checkedOutput() == output));
      }
    }
    return forms;
  }

  /** The forms of each attribute and each input. */
  static List<List<SpecifiedForm>> byParameter(OperatorSchema schema) {
    List<List<SpecifiedForm>> forms = new ArrayList<>();
    schema.attributes().forEach(attribute -> forms.add(ofAttribute(attribute)));
    for (int i = 0; i < schema.inputs().size(); i++) {
      forms.add(ofInput(schema.inputs().get(i), i));
    }
    return forms;
  }

  private static List<SpecifiedForm> ofAttribute(Property attribute) {
    String name = attribute.name();
    List<SpecifiedForm> forms = new ArrayList<>();
    for (String value : attribute.values()) {
      forms.add(
          new SpecifiedForm(
              name + "=" + value,
              checked -> values(checked, attribute).stream().anyMatch(value::equals)));
    }
    if (attribute.fromBothEnds()) {
      forms.add(
          new SpecifiedForm(
              name + " from the end",
              checked -> values(checked, attribute).stream().anyMatch(SpecifiedForm::isNegative)));
      forms.add(
          new SpecifiedForm(
              name + " from the start",
              checked -> !values(checked, attribute).stream().allMatch(SpecifiedForm::isNegative)));
    } else if (attribute.values().isEmpty()) {
      forms.add(new SpecifiedForm(name, checked -> isOther(checked, attribute)));
    }
    if (!attribute.required()) {
      forms.add(
          new SpecifiedForm(name + " by default", checked -> !checked.attributes().has(name)));
    }
    return forms;
  }

  private static List<SpecifiedForm> ofInput(Argument input, int position) {
    List<SpecifiedForm> forms = new ArrayList<>();
    if (input.presence() == Presence.OPTIONAL) {
      forms.add(new SpecifiedForm(input.name() + " given", checked -> has(checked, position)));
      forms.add(new SpecifiedForm(input.name() + " absent", checked -> !has(checked, position)));
    } else if (input.presence() == Presence.VARIADIC) {
      forms.add(
          new SpecifiedForm(
              "one of " + input.name(), checked -> checked.inputs().size() == position + 1));
      forms.add(
          new SpecifiedForm(
              "several of " + input.name(), checked -> checked.inputs().size() > position + 1));
    }
    if (input.fromBothEnds()) {
      forms.add(
          new SpecifiedForm(
              input.name() + " from the end",
              checked -> numbers(checked, position).anyMatch(number -> number < 0)));
      forms.add(
          new SpecifiedForm(
              input.name() + " from the start",
              checked -> numbers(checked, position).anyMatch(number -> number >= 0)));
    }
    if (input.types().containsAll(List.of("int32", "int64"))) {
      for (String type : List.of("int32", "int64")) {
        forms.add(
            new SpecifiedForm(
                input.name() + " of " + type,
                checked ->
                    fixed(checked, position)
                        .filter(tensor -> tensor.type().toString().equals(type))
                        .isPresent()));
      }
    }
    return forms;
  }

  private static boolean has(GradientCase checked, int input) {
    return input < checked.inputs().size()
        && !(checked.inputs().get(input) instanceof Input.Absent);
  }

  private static Optional<Tensor> fixed(GradientCase checked, int input) {
    return has(checked, input) && checked.inputs().get(input) instanceof Input.Fixed fixed
        ? Optional.of(fixed.tensor())
        : Optional.empty();
  }

  private static DoubleStream numbers(GradientCase checked, int input) {
    return Arrays.stream(fixed(checked, input).map(Tensor::toDoubles).orElse(new double[0]));
  }

  /** The values of an attribute as text, its default's where it is left out. */
  private static List<String> values(GradientCase checked, Property attribute) {
    Attribute given = checked.attributes().values().get(attribute.name());
    return given == null ? attribute.byDefault() : texts(given);
  }

  private static List<String> texts(Attribute attribute) {
    if (attribute instanceof Attribute.TextValue text) {
      return List.of(text.value());
    } else if (attribute instanceof Attribute.Texts texts) {
      return texts.values();
    } else if (attribute instanceof Attribute.Integers integers) {
      return Arrays.stream(integers.values()).mapToObj(Long::toString).toList();
    }
    return List.of(attribute.toString());
  }

  private static boolean isNegative(String number) {
    return number.startsWith("-");
  }

  /** Whether an attribute is given and says something else than where it is left out. */
  private static boolean isOther(GradientCase checked, Property attribute) {
    Attribute given = checked.attributes().values().get(attribute.name());
    if (given == null) {
      return false;
    }
    List<String> values = texts(given);
    String implied = IMPLIED.get(attribute.name());
    if (implied != null) {
      return !values.stream().allMatch(implied::equals);
    }
    if (given instanceof Attribute.RealValue real && !attribute.byDefault().isEmpty()) {
      return real.value() != Float.parseFloat(attribute.byDefault().get(0));
    }
    return !values.equals(attribute.byDefault());
  }
}
