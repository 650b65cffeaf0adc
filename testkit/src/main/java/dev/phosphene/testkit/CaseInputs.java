package dev.phosphene.testkit;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientCase.Input;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The numbers on which one case is checked; the same for a case whenever it is checked.
 *
 * @param points an entry an input that is differentiated
 */
record CaseInputs(List<Point> points) {
  /**
   * One differentiated input.
   *
   * @param index its position among the operator's inputs
   * @param elements multiples of a power of two, so that steps of powers of two are exact in
   *     float32
   * @param largestStep by which an element may move without meeting a kink or leaving its domain
   */
  record Point(int index, long[] sizes, double[] elements, double largestStep) {}

  /** Distinct elements are this far apart, and half of it from zero. */
  private static final double SPACING = 0.11;

  /** Steps stay below a quarter of the spacing: two elements may move towards each other. */
  private static final double DISTINCT_STEP = 0x1p-6;

  private static final double LARGEST_STEP = 0x1p-1;
  private static final int ATTEMPTS = 10_000;

  static CaseInputs of(GradientCase checked) {
    Random random = new Random(checked.toString().hashCode());
    List<Double> distinct = distinct(checked, random);
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < checked.inputs().size(); i++) {
      Input input = checked.inputs().get(i);
      if (input instanceof Input.Random uniform) {
        points.add(uniform(i, uniform, random));
      } else if (input instanceof Input.Distinct wanted) {
        int count = elements(wanted.sizes());
        double[] elements =
            distinct.subList(0, count).stream().mapToDouble(Double::doubleValue).toArray();
        distinct = distinct.subList(count, distinct.size());
        points.add(new Point(i, wanted.sizes(), elements, DISTINCT_STEP));
      }
    }
    if (points.isEmpty()) {
      throw new IllegalArgumentException("The case " + checked + " differentiates no input");
    }
    return new CaseInputs(List.copyOf(points));
  }

  /** Numbers for all inputs that want distinct ones, distinct across inputs too. */
  private static List<Double> distinct(GradientCase checked, Random random) {
    int count = 0;
    for (Input input : checked.inputs()) {
      if (input instanceof Input.Distinct wanted) {
        count += elements(wanted.sizes());
      }
    }
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(quantized(SPACING * (i - count / 2) + SPACING / 2, 0x1p-14));
    }
    Collections.shuffle(numbers, random);
    return numbers;
  }

  private static Point uniform(int index, Input.Random wanted, Random random) {
    double range = wanted.to() - wanted.from();
    double step = Math.min(LARGEST_STEP, powerOfTwoUpTo(range / 8));
    if (!wanted.avoid().isEmpty()) {
      step = Math.min(step, powerOfTwoUpTo(wanted.margin() / 2));
    }
    double quantum = Math.min(0x1p-14, powerOfTwoUpTo(range) * 0x1p-15);
    double[] elements = new double[elements(wanted.sizes())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = draw(wanted, quantum, random);
    }
    return new Point(index, wanted.sizes(), elements, step);
  }

  private static double draw(Input.Random wanted, double quantum, Random random) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double number =
          quantized(wanted.from() + random.nextDouble() * (wanted.to() - wanted.from()), quantum);
      if (wanted.avoid().stream().allMatch(p -> Math.abs(number - p) >= wanted.margin())) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        "No number between %s and %s keeps away from %s by %s"
            .formatted(wanted.from(), wanted.to(), wanted.avoid(), wanted.margin()));
  }

  private static double quantized(double number, double quantum) {
    return Math.rint(number / quantum) * quantum;
  }

  private static double powerOfTwoUpTo(double number) {
    return Math.scalb(1.0, Math.getExponent(number));
  }

  static int elements(long[] sizes) {
    return Math.toIntExact(Shape.elements(sizes));
  }

  /** Random numbers between 0.5 and 1.5 of either sign, as gradients at an output. */
  static Tensor weights(GradientCase checked, long[] sizes) {
    Random random = new Random(31 * checked.toString().hashCode() + 1);
    double[] elements = new double[elements(sizes)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = quantized(0.5 + random.nextDouble(), 0x1p-14) * (random.nextBoolean() ? 1 : -1);
    }
    return Tensor.of(elements, sizes);
  }
}
