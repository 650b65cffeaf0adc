package dev.phosphene.gradient;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One form of an operator on which its gradient rule is checked against finite differences.
 *
 * @param name what is particular about it, such as "strides 2, padding SAME_UPPER"
 * @param type the operator
 * @param attributes of the node
 * @param inputs in the operator's order
 * @param outputs how many outputs the node has
 * @param checkedOutput the output through which the gradient is checked
 */
public record GradientCase(
    String name,
    OperatorType type,
    Attributes attributes,
    List<Input> inputs,
    int outputs,
    int checkedOutput) {

  public GradientCase {
    inputs = List.copyOf(inputs);
  }

  /** An input of a case. */
  public sealed interface Input {
    /**
     * Random numbers, uniform between two bounds, with respect to which the gradient is checked.
     *
     * @param avoid points from which numbers keep away by at least {@code margin}: kinks and steps
     */
    record Random(double from, double to, List<Double> avoid, double margin, long... sizes)
        implements Input {
      public Random {
        avoid = List.copyOf(avoid);
        sizes = sizes.clone();
      }

      @Override
      public long[] sizes() {
        return sizes.clone();
      }
    }

    /**
     * Distinct numbers in random order, at least 0.1 apart and none within 0.05 of zero, so that
     * maxima and orders are far from ties; with respect to which the gradient is checked.
     */
    record Distinct(long... sizes) implements Input {
      public Distinct {
        sizes = sizes.clone();
      }

      @Override
      public long[] sizes() {
        return sizes.clone();
      }
    }

    /** A fixed tensor; floating types follow the precision of the check; not differentiated. */
    record Fixed(Tensor tensor) implements Input {}

    /** An optional input left out. */
    record Absent() implements Input {}
  }

  /** A case of a standard operator with one output. */
  public static GradientCase of(String operator, Input... inputs) {
    return new GradientCase(
        "plain", OperatorType.of(operator), Attributes.none(), List.of(inputs), 1, 0);
  }

  public GradientCase named(String otherName) {
    return new GradientCase(otherName, type, attributes, inputs, outputs, checkedOutput);
  }

  /** This case with attributes, which also name it. */
  public GradientCase with(Attributes given) {
    return new GradientCase(given.toString(), type, given, inputs, outputs, checkedOutput);
  }

  /** This case with attributes, given as for {@link Attributes#of}; they also name it. */
  public GradientCase with(Object... namesAndValues) {
    return with(Attributes.of(namesAndValues));
  }

  public GradientCase outputs(int count, int checked) {
    return new GradientCase(name, type, attributes, inputs, count, checked);
  }

  /** Uniform in [-2, 2]. */
  public static Input random(long... sizes) {
    return uniform(-2, 2, sizes);
  }

  public static Input uniform(double from, double to, long... sizes) {
    return new Input.Random(from, to, List.of(), 0, sizes);
  }

  /** Uniform in [-2, 2], at least 0.1 away from each of these points. */
  public static Input awayFrom(List<Double> points, long... sizes) {
    return new Input.Random(-2, 2, points, 0.1, sizes);
  }

  /** Uniform between two bounds, moved by 1/512 at most, where an operator bends strongly. */
  public static Input smallSteps(double from, double to, long... sizes) {
    return new Input.Random(from, to, List.of(to + 1), 0x1p-8, sizes);
  }

  public static Input distinct(long... sizes) {
    return new Input.Distinct(sizes);
  }

  public static Input fixed(Tensor tensor) {
    return new Input.Fixed(tensor);
  }

  /** A fixed int64 vector. */
  public static Input integers(long... elements) {
    return fixed(Tensor.vector(elements));
  }

  /** A fixed int32 number without axes. */
  public static Input shortInteger(long element) {
    return fixed(Tensor.converted(ElementType.INT32, new long[] {element}));
  }

  /** A fixed int32 vector. */
  public static Input shortIntegers(long... elements) {
    return fixed(Tensor.converted(ElementType.INT32, elements, elements.length));
  }

  public static Input absent() {
    return new Input.Absent();
  }

  /** Cases of the same inputs, one for each set of attributes. */
  public List<GradientCase> withEach(List<Attributes> forms) {
    List<GradientCase> cases = new ArrayList<>();
    for (Attributes form : forms) {
      String label = form.values().isEmpty() ? "defaults" : form.toString();
      cases.add(new GradientCase(label, type, form, inputs, outputs, checkedOutput));
    }
    return cases;
  }

  /**
   * This case with its attributes and every selection of some more, from none of them to all, where
   * of two that name the same attribute the later counts.
   */
  public List<GradientCase> withEverySelection(Attributes... options) {
    List<Attributes> forms = List.of(attributes);
    for (Attributes option : options) {
      List<Attributes> more = new ArrayList<>(forms);
      for (Attributes form : forms) {
        more.add(form.withAll(option));
      }
      forms = more;
    }
    return withEach(forms);
  }

  @Override
  public String toString() {
    return type + ": " + name;
  }
}
