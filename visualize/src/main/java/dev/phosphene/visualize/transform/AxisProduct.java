package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.Shape;

/**
 * Linear maps along one axis of images: the way in which everything separable is computed, because
 * products of matrices are fast and their gradients are products again.
 */
public final class AxisProduct {
  private AxisProduct() {}

  /**
   * Maps images along one axis: {@code y[n, c, ..., o, ...] = sum over i of m[o, i] x[n, c, ..., i,
   * ...]}.
   *
   * @param matrix {@code [O, I]}, or {@code [N, O, I]} where each picture has its own
   * @param images {@code [N, C, ...]}
   * @param axis of length I, counted from the pictures' axis; at least 2
   * @return of length O along that axis
   */
  public static Value along(Emitter graph, Value matrix, Value images, int axis) {
    long pictures = images.size(0);
    long length = images.size(axis);
    long after = 1;
    for (int later = axis + 1; later < images.rank(); later++) {
      after *= images.size(later);
    }
    long before = images.shape().elements() / pictures / length / after;
    boolean own = matrix.rank() == 3;
    Value mapped;
    if (after == 1) {
      Value rows =
          own
              ? graph.reshape(images, pictures, before, length)
              : graph.reshape(images, pictures * before, length);
      mapped = graph.matrixMultiply(rows, transposed(graph, matrix));
    } else if (own) {
      long rows = matrix.size(1);
      Value shared = graph.reshape(matrix, pictures, 1, rows, length);
      mapped = graph.matrixMultiply(shared, graph.reshape(images, pictures, before, length, after));
    } else {
      mapped =
          graph.matrixMultiply(matrix, graph.reshape(images, pictures * before, length, after));
    }
    long[] sizes = images.shape().sizes();
    sizes[axis] = matrix.size(matrix.rank() - 2);
    return mapped.shape().equals(Shape.of(sizes)) ? mapped : graph.reshape(mapped, sizes);
  }

  private static Value transposed(Emitter graph, Value matrix) {
    return matrix.rank() == 3 ? graph.transpose(matrix, 0, 2, 1) : graph.transpose(matrix, 1, 0);
  }
}
