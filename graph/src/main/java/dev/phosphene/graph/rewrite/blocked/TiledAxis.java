package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.operator.Window;
import java.util.Optional;

/**
 * How the outputs of a convolution are computed along a spatial axis: in tiles, or each by the
 * definition.
 *
 * @param axis of the convolution; with steps and dilation of one where there are tiles
 * @param filtering of a tile; empty where there are none
 */
record TiledAxis(Window.Axis axis, Optional<MinimalFiltering> filtering) {
  /** In tiles of so many outputs, 1 for the definition. */
  static TiledAxis of(Window.Axis axis, int outputs) {
    return new TiledAxis(
        axis,
        outputs == 1
            ? Optional.empty()
            : Optional.of(new MinimalFiltering(Math.toIntExact(axis.kernel()), outputs)));
  }

  boolean isTiled() {
    return filtering.isPresent();
  }

  /** Products of a tile. */
  int products() {
    return filtering.map(MinimalFiltering::products).orElse(1);
  }

  /** Outputs of a tile. */
  int outputs() {
    return filtering.map(MinimalFiltering::outputs).orElse(1);
  }

  /** Taps with which each product is computed. */
  long remainingTaps() {
    return isTiled() ? 1 : axis.kernel();
  }

  /** Tiles that hold all outputs. */
  long tiles() {
    return (axis.output() + outputs() - 1) / outputs();
  }

  /** Elements that products of all tiles read. */
  long read() {
    return isTiled() ? tiles() * products() : axis.input();
  }

  /** Products of all tiles. */
  long computed() {
    return tiles() * products();
  }

  /** How a filter over the inputs of a tile moves from tile to tile. */
  Window.Axis stepping() {
    long extent = (tiles() - 1) * outputs() + products();
    long padEnd = extent - axis.input() - axis.padBegin();
    return new Window.Axis(
        products(), outputs(), 1, axis.padBegin(), padEnd, 0, axis.input(), tiles());
  }

  /** One tap at each of so many positions. */
  static Window.Axis still(long positions) {
    return new Window.Axis(1, 1, 1, 0, 0, 0, positions, positions);
  }

  /** By how much each product of a tile counts in an output. */
  double[] ofProducts(int output) {
    return filtering.map(found -> found.ofProducts(output)).orElse(new double[] {1});
  }

  /** What is added to a product so that one is added to all outputs. */
  double ofBias(int product) {
    return filtering.map(found -> found.ofBias(product)).orElse(1.0);
  }
}
