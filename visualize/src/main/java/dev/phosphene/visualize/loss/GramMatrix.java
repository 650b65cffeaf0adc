package dev.phosphene.visualize.loss;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import java.util.stream.IntStream;

/**
 * Which filters are active together, wherever that is: a texture (Gatys, Ecker and Bethge 2015,
 * "Texture Synthesis Using Convolutional Neural Networks").
 */
public final class GramMatrix {
  private GramMatrix() {}

  /**
   * {@code G[n, i, j] = mean over positions p of a[n, i, p] a[n, j, p]}.
   *
   * @return {@code [N, filters, filters]}
   * @throws PhospheneException where the activation has no axis of filters
   */
  public static Expression of(Expression activation) {
    Value value = activation.value();
    int axis =
        activation
            .filterAxis()
            .orElseThrow(
                () ->
                    new PhospheneException(
                        "%s has no axis of filters, so it has no Gram matrix"
                            .formatted(value.shape())));
    Emitter graph = activation.graph();
    int[] order =
        IntStream.concat(
                IntStream.of(0, axis),
                IntStream.range(1, value.rank()).filter(other -> other != axis))
            .toArray();
    long filters = value.size(axis);
    long positions = value.shape().elements() / (value.size(0) * filters);
    Value rows = graph.reshape(graph.transpose(value, order), value.size(0), filters, positions);
    Value products = graph.matrixMultiply(rows, graph.transpose(rows, 0, 2, 1));
    return Expression.of(graph, graph.multiply(products, 1.0 / positions));
  }
}
