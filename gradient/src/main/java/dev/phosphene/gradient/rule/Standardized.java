package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;
import dev.phosphene.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A value cut into rows {@code [rows, length]}, each shifted and scaled to mean 0 and variance 1: z
 * = (x - mean) r with r = 1 / sqrt(variance + epsilon).
 *
 * @param z {@code [rows, length]}
 * @param inverseDeviation r, of shape {@code [rows, 1]}
 * @param sizes of the value
 */
record Standardized(Emitter graph, Value z, Value inverseDeviation, long[] sizes) {
  /**
   * Rows up to this length are normalized by one node. That adds up the elements and their squares
   * one by one, which over the 200704 elements of a picture's features costs four digits.
   */
  private static final long LONGEST_FUSED = 1 << 13;

  static Standardized of(Emitter graph, Value value, long rows, double epsilon) {
    long[] sizes = value.shape().sizes();
    long length = Shape.elements(sizes) / Math.max(1, rows);
    if (length > LONGEST_FUSED) {
      return inSteps(graph, value, rows, length, epsilon);
    }
    double[] ones = new double[Math.toIntExact(length)];
    Arrays.fill(ones, 1);
    List<Value> outputs =
        graph.apply(
            OperatorType.of("LayerNormalization"),
            3,
            Attributes.of("axis", 1, "epsilon", epsilon),
            List.of(
                graph.reshape(value, rows, length),
                graph.constant(Tensor.converted(value.type(), ones, length))));
    return new Standardized(graph, outputs.get(0), graph.cast(outputs.get(2), value.type()), sizes);
  }

  /** Mean first, then the variance around it: what long rows need in float32. */
  private static Standardized inSteps(
      Emitter graph, Value value, long rows, long length, double epsilon) {
    Value flat = graph.reshape(value, rows, length);
    Value centred = graph.subtract(flat, graph.reduceMean(flat, true, 1));
    Value variance = graph.reduceMean(graph.square(centred), true, 1);
    Value inverse = graph.reciprocal(graph.squareRoot(graph.add(variance, epsilon)));
    Value z = graph.multiply(centred, inverse);
    return new Standardized(graph, z, inverse, value.shape().sizes());
  }

  /** z in another shape. */
  Value values(long... newSizes) {
    return graph.reshape(z, newSizes);
  }

  /** dx = r (dz - mean(dz) - z mean(dz z)). */
  Value gradient(Value gradient) {
    Value rows = graph.reshape(gradient, z.shape().sizes());
    Value mean = graph.reduceMean(rows, true, 1);
    Value along = graph.reduceMean(graph.multiply(rows, z), true, 1);
    Value perpendicular = graph.subtract(graph.subtract(rows, mean), graph.multiply(z, along));
    return graph.reshape(graph.multiply(perpendicular, inverseDeviation), sizes);
  }

  /** The gradient through the mean, from one number a row. */
  Value meanGradient(Value gradient) {
    Value shares = graph.multiply(perRow(gradient), 1.0 / z.size(1));
    return graph.reshape(graph.expand(shares, z.shape().sizes()), sizes);
  }

  /** The gradient through r, from one number a row: dr/dx = -r^2 z / length. */
  Value inverseDeviationGradient(Value gradient) {
    Value slope = graph.multiply(graph.square(inverseDeviation), -1.0 / z.size(1));
    return graph.reshape(graph.multiply(graph.multiply(perRow(gradient), slope), z), sizes);
  }

  private Value perRow(Value gradient) {
    return graph.reshape(graph.cast(gradient, z.type()), z.size(0), 1);
  }
}
