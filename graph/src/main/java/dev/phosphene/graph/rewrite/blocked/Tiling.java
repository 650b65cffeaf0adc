package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.operator.Window;
import dev.phosphene.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Tiles of outputs of a convolution, F(m x n, r x s) of Lavin and Gray. Of the products of a tile,
 * as of its outputs, first come those of the first column from top to bottom.
 */
record Tiling(TiledAxis rows, TiledAxis columns) {
  /**
   * All in which a convolution can be computed, the direct one first. Along one axis alone these
   * are the rows where both could be: products with taps above each other leave the vector units
   * idle where a row has few tiles.
   */
  static List<Tiling> of(Window window) {
    Window.Axis height = window.axes().get(0);
    Window.Axis width = window.axes().get(1);
    TiledAxis wholeHeight = TiledAxis.of(height, 1);
    TiledAxis wholeWidth = TiledAxis.of(width, 1);
    List<Tiling> tilings = new ArrayList<>(List.of(new Tiling(wholeHeight, wholeWidth)));
    for (TiledAxis rows : tiled(height)) {
      tilings.add(new Tiling(rows, wholeWidth));
      for (TiledAxis columns : tiled(width)) {
        tilings.add(new Tiling(rows, columns));
      }
    }
    if (tiled(height).isEmpty()) {
      for (TiledAxis columns : tiled(width)) {
        tilings.add(new Tiling(wholeHeight, columns));
      }
    }
    return tilings;
  }

  /** The ways to tile an axis; none where it cannot be. */
  private static List<TiledAxis> tiled(Window.Axis axis) {
    if (axis.stride() != 1 || axis.dilation() != 1) {
      return List.of();
    }
    return switch (Math.toIntExact(axis.kernel())) {
      case 3 -> List.of(TiledAxis.of(axis, 4), TiledAxis.of(axis, 2));
      case 5 -> List.of(TiledAxis.of(axis, 2));
      default -> List.of();
    };
  }

  boolean isDirect() {
    return !rows.isTiled() && !columns.isTiled();
  }

  int products() {
    return rows.products() * columns.products();
  }

  int outputs() {
    return rows.outputs() * columns.outputs();
  }

  long tiles() {
    return rows.tiles() * columns.tiles();
  }

  /** Taps with which each product is computed. */
  long remainingTaps() {
    return rows.remainingTaps() * columns.remainingTaps();
  }

  FilterTransform ofTaps() {
    return new FilterTransform(
        Math.toIntExact(rows.axis().kernel()),
        Math.toIntExact(columns.axis().kernel()),
        rows.filtering(),
        columns.filtering());
  }

  /** The matrix {@code [outputs, products]} by which outputs follow from products. */
  Tensor ofProducts() {
    double[] matrix = new double[outputs() * products()];
    int place = 0;
    for (int output = 0; output < outputs(); output++) {
      double[] column = columns.ofProducts(output / rows.outputs());
      double[] row = rows.ofProducts(output % rows.outputs());
      for (double ofColumn : column) {
        for (double ofRow : row) {
          matrix[place++] = ofColumn * ofRow;
        }
      }
    }
    return Tensor.of(floats(matrix), outputs(), products());
  }

  /** What is added to the channels of each product, one product after the other. */
  Tensor ofBias(Tensor bias) {
    float[] channels = bias.toFloats();
    double[] all = new double[products() * channels.length];
    for (int i = 0; i < all.length; i++) {
      int product = i / channels.length;
      double weight =
          columns.ofBias(product / rows.products()) * rows.ofBias(product % rows.products());
      all[i] = weight * channels[i % channels.length];
    }
    return Tensor.of(floats(all), all.length);
  }

  private static float[] floats(double[] elements) {
    float[] result = new float[elements.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) elements[i];
    }
    return result;
  }
}
