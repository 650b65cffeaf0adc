package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;

/**
 * A value cut into rows {@code [rows, length]}, each shifted and scaled to mean 0 and variance 1: z
 * = (x - mean) r with r = 1 / sqrt(variance + epsilon).
 *
 * <p>The mean comes first, then the variance around it: the runtime's own kernel for rows adds up
 * elements and their squares one by one, which over long rows costs digits, and takes several times
 * as long.
 *
 * @param z {@code [rows, length]}
 * @param inverseDeviation r, of shape {@code [rows, 1]}
 */
public record Standardization(Value z, Value inverseDeviation) {
  /**
   * Standardizes rows.
   *
   * @param value with known sizes
   * @param rows into which its elements are cut evenly, in order
   */
  public static Standardization of(Emitter graph, Value value, long rows, double epsilon) {
    long length = Shape.elements(value.shape().sizes()) / Math.max(1, rows);
    Value flat = graph.reshape(value, rows, length);
    Value centred = graph.subtract(flat, graph.reduceMean(flat, true, 1));
    Value variance = graph.reduceMean(graph.square(centred), true, 1);
    Value inverse = graph.reciprocal(graph.squareRoot(graph.add(variance, epsilon)));
    return new Standardization(graph.multiply(centred, inverse), inverse);
  }
}
