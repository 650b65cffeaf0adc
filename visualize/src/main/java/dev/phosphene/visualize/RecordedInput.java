package dev.phosphene.visualize;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.model.Model;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was given of an input of a model: its shape, or a value at which it was held.
 *
 * @param shape of the input
 * @param sha256 of the value's elements as little-endian float32 in C order, in hexadecimal digits;
 *     empty where only a shape was given
 * @param values the elements in C order, where they are few; else none
 */
public record RecordedInput(List<Long> shape, String sha256, List<Double> values) {
  /** Elements that a record holds; larger values are known by their hash. */
  private static final int MOST_VALUES = 4096;

  public RecordedInput {
    shape = List.copyOf(shape);
    values = List.copyOf(values);
  }

  /** What a record says of a model's inputs, by their names. */
  static Map<String, RecordedInput> of(Model model) {
    Map<String, RecordedInput> recorded = new LinkedHashMap<>();
    model
        .inputShapes()
        .forEach(
            (name, shape) -> recorded.put(name, new RecordedInput(list(shape), "", List.of())));
    model
        .heldInputs()
        .forEach(
            (name, value) ->
                recorded.put(
                    name,
                    new RecordedInput(
                        list(value.shape()),
                        Fingerprint.of(value),
                        value.elements() > MOST_VALUES
                            ? List.of()
                            : Arrays.stream(value.toDoubles()).boxed().toList())));
    return recorded;
  }

  private static List<Long> list(Shape shape) {
    return Arrays.stream(shape.sizes()).boxed().toList();
  }

  /**
   * A model with this input as it was given.
   *
   * @param input its name
   * @param found the value, where the record does not hold it; null where it was not found
   * @throws PhospheneException where a value is needed and was not found, or is another
   */
  Model applyTo(Model model, String input, @Nullable Tensor found) {
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    if (sha256.isEmpty()) {
      return model.withShape(input, Shape.of(sizes));
    }
    if (!values.isEmpty()) {
      double[] elements = values.stream().mapToDouble(Double::doubleValue).toArray();
      if (Arrays.stream(sizes).asDoubleStream().reduce(1, (a, b) -> a * b) != elements.length) {
        throw new PhospheneException(
            "The record holds %d numbers for input \"%s\" of shape %s"
                .formatted(elements.length, input, Shape.of(sizes)));
      }
      return model.withInput(input, Tensor.converted(ElementType.FLOAT64, elements, sizes));
    }
    if (found == null) {
      throw new PhospheneException(
          "Input \"%s\" was held at an array of shape %s; name its file with --input %s=FILE"
              .formatted(input, Shape.of(sizes), input));
    }
    Model held = model.withInput(input, found);
    if (!Fingerprint.of(held.heldInputs().get(input)).equals(sha256)) {
      throw new PhospheneException(
          "Input \"%s\" was held at another array than the given one; name its file with --input %s=FILE"
              .formatted(input, input));
    }
    return held;
  }
}
