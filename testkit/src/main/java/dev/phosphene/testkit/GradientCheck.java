package dev.phosphene.testkit;

import dev.phosphene.gradient.GradientCase;
import dev.phosphene.gradient.GradientRules;
import dev.phosphene.graph.OperatorTable;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.decomposition.Decompositions;
import dev.phosphene.session.Session;
import dev.phosphene.session.UnsupportedKernelException;
import dev.phosphene.tensor.ElementType;
import dev.phosphene.tensor.Tensor;
import dev.phosphene.testkit.FiniteDifferences.Derivative;
import dev.phosphene.testkit.GradientReport.Comparison;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * Checks gradient rules against finite differences of what ONNX Runtime computes.
 *
 * <p>For y = op(x) and random weights w of the shape of y, the vector-Jacobian product of w that a
 * rule gives is compared with differences of the sum of w * y: element by element, and along random
 * directions. Differences are taken in float64 where the runtime has that kernel. A composite
 * operator is compared with its decomposition, too; where only that has kernels for float64,
 * differences are taken of it. The rule is checked in float64 and in float32, since it may choose
 * its formulation by type, and with each input differentiated alone, since it may leave out what is
 * not wanted.
 */
public final class GradientCheck {
  /** A float64 rule against float64 differences; attributes are float32, which is 6e-8. */
  public static final double FLOAT64_TOLERANCE = 1e-6;

  /** A float32 rule against float64 differences. */
  public static final double FLOAT32_TOLERANCE = 1e-4;

  /** A float32 rule against float32 differences, which themselves are good to 1e-4 or so. */
  public static final double FLOAT32_DIFFERENCES_TOLERANCE = 2e-3;

  /** Values of an operator and of its decomposition in float32, which may add in another order. */
  public static final double FLOAT32_DECOMPOSITION_TOLERANCE = 1e-5;

  /** Inputs up to this size are checked at every element, larger ones at as many of them. */
  private static final int CHECKED_ELEMENTS = 80;

  private static final int DIRECTIONS = 3;

  /** Errors are relative to the largest element of a gradient, or to this where that is smaller. */
  private static final double SMALLEST_SCALE = 1e-2;

  private final GradientRules rules;
  private final OperatorTable operators;

  public GradientCheck(GradientRules rules, OperatorTable operators) {
    this.rules = rules;
    this.operators = operators;
  }

  /**
   * Checks one case.
   *
   * @throws dev.phosphene.graph.PhospheneException where the rule or the runtime refuses the case
   */
  public GradientReport check(GradientCase checked) {
    return new Run(checked).report();
  }

  /** The derivatives at one input. */
  private record Reference(
      int[] indices, Derivative[] elements, double[][] directions, Derivative[] alongDirections) {

    double scale() {
      return Arrays.stream(elements)
          .mapToDouble(element -> Math.abs(element.value()))
          .reduce(SMALLEST_SCALE, Math::max);
    }
  }

  private final class Run {
    private final GradientCase checked;
    private final CaseInputs inputs;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    Run(GradientCase checked) {
      this.checked = checked;
      this.inputs = CaseInputs.of(checked);
    }

    private CheckedGraph graph(ElementType precision) {
      return new CheckedGraph(checked, inputs, precision, operators, false);
    }

    private CheckedGraph decomposed(ElementType precision) {
      return new CheckedGraph(checked, inputs, precision, operators, true);
    }

    GradientReport report() {
      boolean exact = computes(graph(ElementType.FLOAT64));
      ElementType precision = exact ? ElementType.FLOAT64 : ElementType.FLOAT32;
      CheckedGraph graph = graph(precision);
      if (Decompositions.find(checked.type()).isPresent()) {
        compareDecomposition(precision);
        if (!exact && computes(decomposed(ElementType.FLOAT64))) {
          exact = true;
          graph = decomposed(ElementType.FLOAT64);
        }
      }
      try (Session forward = graph.forward()) {
        Tensor output = graph.output(forward);
        compareShape(graph.inferredOutput(), output);
        Tensor weights = CaseInputs.weights(checked, output.sizes());
        List<Reference> references = new ArrayList<>();
        for (CaseInputs.Point point : inputs.points()) {
          references.add(reference(graph, forward, point, weights));
        }
        if (exact) {
          compare(ElementType.FLOAT64, FLOAT64_TOLERANCE, output, weights, references);
        }
        compare(
            ElementType.FLOAT32,
            exact ? FLOAT32_TOLERANCE : FLOAT32_DIFFERENCES_TOLERANCE,
            output,
            weights,
            references);
      }
      return new GradientReport(checked, comparisons, problems);
    }

    /** Whether there is a float64 kernel, and its output too is of that type. */
    private boolean computes(CheckedGraph graph) {
      try (Session forward = graph.forward()) {
        graph.output(forward); // some kernels are there and refuse to run
        return forward.outputs().stream().allMatch(output -> output.type() == ElementType.FLOAT64);
      } catch (PhospheneException unsupported) {
        return false;
      }
    }

    /** What the runtime computes, against the simpler operators that the gradient goes through. */
    private void compareDecomposition(ElementType precision) {
      try (Session whole = graph(precision).forward();
          Session parts = decomposed(precision).forward()) {
        double[] expected = graph(precision).output(whole).toDoubles();
        double[] found = decomposed(precision).output(parts).toDoubles();
        double scale = SMALLEST_SCALE;
        double worst = found.length == expected.length ? 0 : Double.NaN;
        for (int i = 0; i < Math.min(found.length, expected.length); i++) {
          scale = Math.max(scale, Math.abs(expected[i]));
          worst = max(worst, Math.abs(found[i] - expected[i]));
        }
        comparisons.add(
            new Comparison(
                precision + ", decomposition",
                worst / scale,
                precision == ElementType.FLOAT64
                    ? FLOAT64_TOLERANCE
                    : FLOAT32_DECOMPOSITION_TOLERANCE));
      } catch (UnsupportedKernelException unsupported) {
        if (precision == ElementType.FLOAT32) {
          throw unsupported;
        }
      }
    }

    private void compareShape(Value inferred, Tensor output) {
      boolean contradicts = inferred.shape().isStatic() && !inferred.shape().equals(output.shape());
      if (contradicts) {
        problems.add(
            "shape inference says %s, the runtime gave %s"
                .formatted(inferred.shape(), output.shape()));
      }
    }

    private Reference reference(
        CheckedGraph graph, Session forward, CaseInputs.Point point, Tensor weights) {
      Random random = new Random(point.index());
      int[] indices = chosen(point.elements().length, random);
      double[][] directions = new double[DIRECTIONS][point.elements().length];
      for (double[] direction : directions) {
        Arrays.setAll(direction, i -> random.nextBoolean() ? 1 : -1);
      }
      Derivative[] elements = new Derivative[indices.length];
      for (int i = 0; i < indices.length; i++) {
        double[] unit = new double[point.elements().length];
        unit[indices[i]] = 1;
        elements[i] = derivative(graph, forward, point, unit, weights);
      }
      Derivative[] along = new Derivative[DIRECTIONS];
      for (int i = 0; i < DIRECTIONS; i++) {
        along[i] = derivative(graph, forward, point, directions[i], weights);
      }
      return new Reference(indices, elements, directions, along);
    }

    private static int[] chosen(int count, Random random) {
      return count <= CHECKED_ELEMENTS
          ? IntStream.range(0, count).toArray()
          : random.ints(0, count).distinct().limit(CHECKED_ELEMENTS).sorted().toArray();
    }

    /** The derivative of the sum of weights * output as one input moves along a direction. */
    private Derivative derivative(
        CheckedGraph graph,
        Session forward,
        CaseInputs.Point point,
        double[] direction,
        Tensor weights) {
      double[] factors = weights.toDoubles();
      double[] start = graph.output(forward).toDoubles();
      DoubleUnaryOperator function =
          distance -> {
            double[] moved = point.elements().clone();
            for (int i = 0; i < moved.length; i++) {
              moved[i] += distance * direction[i];
            }
            double[] outputs = graph.output(forward, Map.of(point.index(), moved)).toDoubles();
            double sum = 0;
            for (int i = 0; i < outputs.length; i++) {
              sum += factors[i] * (outputs[i] - start[i]);
            }
            return sum;
          };
      return FiniteDifferences.at(function, point.largestStep(), 5);
    }

    private void compare(
        ElementType precision,
        double tolerance,
        Tensor output,
        Tensor weights,
        List<Reference> references) {
      Optional<List<Tensor>> together = gradients(precision, output, weights, inputs.points());
      if (together.isEmpty()) {
        return;
      }
      for (int i = 0; i < references.size(); i++) {
        CaseInputs.Point point = inputs.points().get(i);
        Tensor gradient = together.get().get(i);
        String subject = "%s, input %d".formatted(precision, point.index());
        if (!Arrays.equals(gradient.sizes(), point.sizes())) {
          problems.add(
              "%s: the gradient should be of the input's shape %s, found %s"
                  .formatted(subject, Arrays.toString(point.sizes()), gradient.shape()));
          continue;
        }
        compare(subject, tolerance, gradient.toDoubles(), references.get(i));
        if (references.size() > 1) {
          compareAlone(subject, precision, output, weights, point, gradient);
        }
      }
    }

    private void compare(String subject, double tolerance, double[] gradient, Reference reference) {
      double scale = reference.scale();
      double worst = 0;
      double noise = 0;
      for (int i = 0; i < reference.indices().length; i++) {
        Derivative expected = reference.elements()[i];
        worst = max(worst, Math.abs(gradient[reference.indices()[i]] - expected.value()) / scale);
        noise = max(noise, expected.error() / scale);
      }
      comparisons.add(new Comparison(subject + ", elements", worst, tolerance));
      requireSettled(subject, noise, tolerance);
      double alongWorst = 0;
      double alongNoise = 0;
      for (int i = 0; i < reference.directions().length; i++) {
        double along = 0;
        double sum = 0;
        for (int j = 0; j < gradient.length; j++) {
          along += gradient[j] * reference.directions()[i][j];
          sum += gradient[j] * gradient[j];
        }
        double length = Math.max(scale, Math.sqrt(sum));
        Derivative expected = reference.alongDirections()[i];
        alongWorst = max(alongWorst, Math.abs(along - expected.value()) / length);
        alongNoise = max(alongNoise, expected.error() / length);
      }
      comparisons.add(new Comparison(subject + ", directions", alongWorst, tolerance));
      requireSettled(subject, alongNoise, tolerance);
    }

    private void requireSettled(String subject, double noise, double tolerance) {
      if (!(noise <= 10 * tolerance)) {
        problems.add(
            "%s: finite differences do not settle (%.1e): the case's numbers lie too near to a kink"
                .formatted(subject, noise));
      }
    }

    /** The larger number; NaN where either is not a number. */
    private static double max(double a, double b) {
      return Math.max(a, b);
    }

    private void compareAlone(
        String subject,
        ElementType precision,
        Tensor output,
        Tensor weights,
        CaseInputs.Point point,
        Tensor together) {
      Optional<List<Tensor>> alone = gradients(precision, output, weights, List.of(point));
      if (alone.isEmpty()) {
        problems.add(subject + ": not computed when it is differentiated alone");
        return;
      }
      double[] expected = together.toDoubles();
      double[] found = alone.get().get(0).toDoubles();
      double scale = SMALLEST_SCALE;
      double worst = found.length == expected.length ? 0 : Double.NaN;
      for (int i = 0; i < Math.min(found.length, expected.length); i++) {
        scale = Math.max(scale, Math.abs(expected[i]));
        worst = max(worst, Math.abs(found[i] - expected[i]));
      }
      double tolerance = precision == ElementType.FLOAT64 ? FLOAT64_TOLERANCE : FLOAT32_TOLERANCE;
      comparisons.add(new Comparison(subject + ", alone", worst / scale, tolerance));
    }

    /** What the rule gives; empty in float64 where the runtime lacks a kernel that it uses. */
    private Optional<List<Tensor>> gradients(
        ElementType precision, Tensor output, Tensor weights, List<CaseInputs.Point> wanted) {
      CheckedGraph graph = graph(precision);
      Value found = new Value(graph.checkedOutput(), precision, output.shape());
      try (Session gradient = graph.gradient(found, wanted, rules)) {
        return Optional.of(graph.gradients(gradient, weights));
      } catch (UnsupportedKernelException unsupported) {
        if (precision == ElementType.FLOAT32) {
          throw unsupported;
        }
        return Optional.empty();
      }
    }
  }
}
