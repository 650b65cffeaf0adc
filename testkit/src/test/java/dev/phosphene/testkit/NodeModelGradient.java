package dev.phosphene.testkit;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.session.Session;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.testkit.FiniteDifferences.Derivative;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * The gradient at one input of a compiled graph against finite differences of its outputs.
 *
 * <p>The stored numbers were not chosen for this: elements at which differences do not settle, or
 * that lie on a kink, say nothing and are left out; where too few are left, the input is moved a
 * little at random.
 */
final class NodeModelGradient {
  /**
   * What came of it.
   *
   * @param flows whether a gradient other than zero was found
   * @param problem in one line; empty where gradient and differences agree
   */
  record Result(boolean flows, String problem) {
    static final Result NONE = new Result(false, "");
  }

  private static final String UNSETTLED = "finite differences do not settle";

  /** What sums in float32 are good to. */
  private static final double PRECISION = 0x1p-19;

  private static final int CHECKED_ELEMENTS = 16;
  private static final double FIRST_STEP = 0x1p-4;
  private static final int LEVELS = 5;
  private static final double SMALLEST_SCALE = 1e-2;

  /** How far the input is moved where the stored one is no place for differences. */
  private static final double[] MOVES = {0, 0.03, 0.3};

  private final String input;
  private final Session forward;
  private final Session backward;
  private final Map<String, Tensor> weights;
  private final double tolerance;

  /**
   * Prepares the comparison.
   *
   * @param weights factors of the sum of all elements of all outputs, by output
   * @param tolerance relative to the largest element of the gradient
   */
  NodeModelGradient(
      String input,
      Session forward,
      Session backward,
      Map<String, Tensor> weights,
      double tolerance) {
    this.input = input;
    this.forward = forward;
    this.backward = backward;
    this.weights = weights;
    this.tolerance = tolerance;
  }

  Result check(Tensor stored) {
    double[] elements = stored.toDoubles();
    if (elements.length == 0) {
      return Result.NONE;
    }
    Result result = Result.NONE;
    for (double move : MOVES) {
      Random random = new Random(7);
      double[] moved = elements.clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += move * (random.nextDouble() - 0.5);
      }
      result = compare(Tensor.converted(stored.type(), moved, stored.sizes()), random);
      if (!result.problem().startsWith(UNSETTLED)) {
        return result;
      }
    }
    return result;
  }

  private Result compare(Tensor point, Random random) {
    double[] gradient = gradient(point);
    int[] chosen =
        random
            .ints(0, gradient.length)
            .distinct()
            .limit(Math.min(CHECKED_ELEMENTS, gradient.length))
            .filter(i -> Double.isFinite(point.getDouble(i)))
            .toArray();
    Derivative[] expected = new Derivative[chosen.length];
    Map<String, Tensor> start = outputs(point);
    double noise = noise(start);
    double scale = SMALLEST_SCALE;
    for (int i = 0; i < chosen.length; i++) {
      DoubleUnaryOperator function = along(point, start, chosen[i]);
      expected[i] = FiniteDifferences.at(function, FIRST_STEP, LEVELS);
      if (Double.isFinite(expected[i].value())) {
        scale = Math.max(scale, Math.abs(expected[i].value()));
      }
    }
    double bound = tolerance * scale + noise;
    int settled = 0;
    for (int i = 0; i < chosen.length; i++) {
      double found = gradient[chosen[i]];
      boolean agrees = Math.abs(found - expected[i].value()) <= bound;
      if (!agrees && !isSettled(expected[i], along(point, start, chosen[i]), bound)) {
        continue;
      }
      settled++;
      if (!agrees) {
        return new Result(
            true,
            String.format(
                Locale.ROOT,
                "expected %.6g at %d, found %.6g (largest %.3g)",
                expected[i].value(),
                chosen[i],
                found,
                scale));
      }
    }
    boolean isZero = Arrays.stream(gradient).allMatch(element -> element == 0);
    if (settled * 2 < chosen.length && !(settled == 0 && isZero)) {
      return new Result(
          true,
          UNSETTLED + " at %d of %d elements".formatted(chosen.length - settled, chosen.length));
    }
    return new Result(!isZero, "");
  }

  /** Whether the function has a slope that smaller steps do not change. */
  private static boolean isSettled(Derivative found, DoubleUnaryOperator function, double bound) {
    double step = FIRST_STEP / 16;
    double fine = (function.applyAsDouble(step) - function.applyAsDouble(-step)) / (2 * step);
    return found.error() <= bound / 2
        && Math.abs(fine - found.value()) <= 16 * bound
        && !isKink(function, bound);
  }

  /** Whether the slopes to both sides differ, and no less so for smaller steps. */
  private static boolean isKink(DoubleUnaryOperator function, double bound) {
    double coarse = bend(function, FIRST_STEP / 4);
    double fine = bend(function, FIRST_STEP / 16);
    return !(fine <= Math.max(bound, 0.5 * coarse));
  }

  /** How far differences can be off because the outputs have so many digits only. */
  private double noise(Map<String, Tensor> outputs) {
    double squares = 0;
    for (Tensor output : outputs.values()) {
      for (double element : output.toDoubles()) {
        squares += Double.isFinite(element) ? element * element : 0;
      }
    }
    return PRECISION * Math.sqrt(squares) / FIRST_STEP;
  }

  private static double bend(DoubleUnaryOperator function, double step) {
    return Math.abs(function.applyAsDouble(step) + function.applyAsDouble(-step)) / step;
  }

  private double[] gradient(Tensor point) {
    Map<String, Tensor> given = NodeModelRun.given(backward, Map.of(input, point));
    return backward.run(given).values().iterator().next().toDoubles();
  }

  private Map<String, Tensor> outputs(Tensor point) {
    return forward.run(NodeModelRun.given(forward, Map.of(input, point)));
  }

  /** How far the weighted sum changes as one element moves. */
  private DoubleUnaryOperator along(Tensor point, Map<String, Tensor> start, int index) {
    return distance -> {
      double[] moved = point.toDoubles();
      moved[index] += distance;
      Map<String, Tensor> found;
      try {
        found = outputs(Tensor.converted(point.type(), moved, point.sizes()));
      } catch (PhospheneException outside) {
        return Double.NaN; // the operator does not take such numbers
      }
      double sum = 0;
      for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
        double[] factors = weight.getValue().toDoubles();
        double[] before = start.get(weight.getKey()).toDoubles();
        double[] after = found.get(weight.getKey()).toDoubles();
        for (int i = 0; i < factors.length; i++) {
          // Equal infinities, and what is no number on either side, do not move.
          if (Double.compare(before[i], after[i]) != 0) {
            sum += factors[i] * (after[i] - before[i]);
          }
        }
      }
      return sum;
    };
  }
}
