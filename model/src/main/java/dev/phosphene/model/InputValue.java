package dev.phosphene.model;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;

/** Whether arrays can be what a model takes at an input, and the array as the model takes it. */
public final class InputValue {
  private InputValue() {}

  /**
   * Checks a shape for an input.
   *
   * @param input its name, and what the model fixes of its shape
   * @throws PhospheneException where rank or a size that the model fixes differ
   */
  public static void requireFitting(Value input, Shape given) {
    Shape expected = input.shape();
    boolean fits = !expected.isRankKnown() || expected.rank() == given.rank();
    for (int axis = 0; fits && expected.isRankKnown() && axis < given.rank(); axis++) {
      long size = expected.size(axis);
      fits = size < 0 || size == given.size(axis);
    }
    if (!fits) {
      throw new PhospheneException(
          "Input \"%s\" of the model should have the shape %s, found %s"
              .formatted(input.name(), expected, given));
    }
  }

  /**
   * An array in the element type of an input.
   *
   * @param input its name, type, and what the model fixes of its shape
   * @throws PhospheneException where the shape differs, or the input takes whole numbers and the
   *     array has others
   */
  public static Tensor of(Value input, Tensor given) {
    requireFitting(input, given.shape());
    ElementType type = input.type();
    if (type == ElementType.STRING) {
      throw new PhospheneException(
          "Input \"%s\" of the model takes text, which no array of numbers can give"
              .formatted(input.name()));
    }
    if (type == ElementType.UNKNOWN) {
      return given;
    }
    Tensor converted = given.as(type);
    if (!type.isFloating()) {
      requireUnchanged(input, given, converted);
    }
    return converted;
  }

  private static void requireUnchanged(Value input, Tensor given, Tensor converted) {
    if (given.type() == converted.type()) {
      return;
    }
    for (int i = 0; i < given.elements(); i++) {
      if (given.getDouble(i) != converted.getDouble(i)) {
        throw new PhospheneException(
            "Input \"%s\" of the model takes whole numbers (%s), found %s in an array of %s"
                .formatted(input.name(), input.type(), given.getDouble(i), given.type()));
      }
    }
  }
}
