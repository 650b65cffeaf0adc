package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.graph.decomposition.Standardization;

/**
 * A value whose rows are standardized, and gradients through that ({@link Standardization}).
 *
 * @param z {@code [rows, length]}
 * @param inverseDeviation r, of shape {@code [rows, 1]}
 * @param sizes of the value
 */
record Standardized(Emitter graph, Value z, Value inverseDeviation, long[] sizes) {
  static Standardized of(Emitter graph, Value value, long rows, double epsilon) {
    Standardization steps = Standardization.of(graph, value, rows, epsilon);
    return new Standardized(graph, steps.z(), steps.inverseDeviation(), value.shape().sizes());
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
