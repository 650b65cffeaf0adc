package dev.phosphene.graph.decomposition;

import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads images between their pixels: each sample is four neighbours, weighted by their nearness.
 *
 * @param rows the pixels of all images one after the other, {@code [images * height * width,
 *     channels]}
 * @param first number of the row with which the sample's image begins, int64
 */
record BilinearSamples(Composite graph, Value rows, Value first, long height, long width) {

  /**
   * The four neighbours of each position times their weights.
   *
   * @param y rows within the image, broadcasting with {@code x}
   * @param inside 1 where a sample counts, else 0
   * @param zeroOutside whether neighbours beyond the border are zero, instead of lying on it
   * @return four values with the channels as one more, last axis
   */
  List<Value> neighbours(Value y, Value x, Value inside, boolean zeroOutside) {
    Value low = graph.apply("Floor", y);
    Value left = graph.apply("Floor", x);
    Value below = graph.subtract(y, low);
    Value right = graph.subtract(x, left);
    List<Value> neighbours = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Value atY = i < 2 ? low : graph.add(low, 1);
      Value atX = i % 2 == 0 ? left : graph.add(left, 1);
      Value weight =
          graph.multiply(
              i < 2 ? graph.subtract(1, below) : below,
              i % 2 == 0 ? graph.subtract(1, right) : right);
      weight = graph.multiply(weight, inside);
      if (zeroOutside) {
        weight = graph.multiply(weight, graph.multiply(within(atY, height), within(atX, width)));
      }
      Value pixel =
          graph.add(graph.multiply(clipped(atY, height), (double) width), clipped(atX, width));
      Value index = graph.add(graph.cast(pixel, ElementType.INT64), first);
      neighbours.add(
          graph.multiply(
              graph.apply("Gather", rows, index), graph.unsqueeze(weight, weight.rank())));
    }
    return neighbours;
  }

  /** 1 where a whole number is an index of an axis so long, else 0. */
  private Value within(Value index, long length) {
    Value half = graph.absolute(graph.add(index, -(length - 1) / 2.0));
    return graph.indicator(graph.less(half, graph.scalarLike(index, length / 2.0)), index);
  }

  /** A coordinate drawn back to an axis so long. */
  Value clipped(Value coordinate, long length) {
    return graph.apply(
        "Clip",
        coordinate,
        graph.scalarLike(coordinate, 0),
        graph.scalarLike(coordinate, length - 1.0));
  }
}
