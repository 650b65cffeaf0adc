package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import java.util.Optional;

/**
 * The weights of neighbouring elements as polynomials of the position's fractional part f in [0,
 * 1).
 *
 * @param first index of the first tap, relative to the position's whole part
 * @param coefficients of each tap's polynomial, the constant first
 */
record SamplingKernel(int first, double[][] coefficients) {
  /** Of the cubic convolution kernel, as the standard defines it for GridSample. */
  private static final double A = -0.75;

  /** The position is rounded, not cut, to its whole part. */
  private static final SamplingKernel NEAREST = new SamplingKernel(0, new double[][] {{1}});

  private static final SamplingKernel LINEAR =
      new SamplingKernel(0, new double[][] {{1, -1}, {0, 1}});

  /** R. Keys, Cubic convolution interpolation for digital image processing (1981). */
  private static final SamplingKernel CUBIC =
      new SamplingKernel(
          -1,
          new double[][] {
            {0, A, -2 * A, A}, {1, 0, -A - 3, A + 2}, {0, -A, 2 * A + 3, -A - 2}, {0, 0, A, -A}
          });

  /** The kernel of a mode of GridSample, under its present and its first name. */
  static Optional<SamplingKernel> named(String mode) {
    return switch (mode) {
      case "nearest" -> Optional.of(NEAREST);
      case "linear", "bilinear" -> Optional.of(LINEAR);
      case "cubic", "bicubic" -> Optional.of(CUBIC);
      default -> Optional.empty();
    };
  }

  int taps() {
    return coefficients.length;
  }

  Value weight(Emitter graph, Value fraction, int tap) {
    return polynomial(graph, fraction, coefficients[tap]);
  }

  Value slope(Emitter graph, Value fraction, int tap) {
    double[] weight = coefficients[tap];
    double[] derivative = new double[Math.max(1, weight.length - 1)];
    for (int power = 1; power < weight.length; power++) {
      derivative[power - 1] = power * weight[power];
    }
    return polynomial(graph, fraction, derivative);
  }

  private static Value polynomial(Emitter graph, Value variable, double[] coefficients) {
    Value sum = graph.scalarLike(variable, coefficients[coefficients.length - 1]);
    if (coefficients.length == 1) {
      return graph.expand(sum, variable.shape().sizes());
    }
    for (int power = coefficients.length - 2; power >= 0; power--) {
      sum = graph.multiply(sum, variable);
      if (coefficients[power] != 0) {
        sum = graph.add(sum, coefficients[power]);
      }
    }
    return sum;
  }
}
