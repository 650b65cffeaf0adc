package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.operator.Window;
import java.util.Comparator;

/**
 * What a convolution costs in a {@link Tiling}, in products of the direct convolution that take as
 * long.
 *
 * <p>Fitted to 40 shapes from 16 to 512 channels, 7 x 7 to 224 x 224 positions, one after the other
 * on one thread of an AVX-512 processor (ONNX Runtime 1.30; a product took 0.018 ns; standard
 * deviation 13 percent), an element costs 19, or 34 through memory, a weight 5, and a node next to
 * nothing. All are set higher here: two threads share one memory and have to be started for each
 * node, up to 30 microseconds, and in a whole network weights are no longer cached when their turn
 * comes (256 channels at 14 x 14: about 12 each).
 *
 * @param inputs channels, whole blocks
 * @param outputs channels, whole blocks
 * @param batch pictures
 */
record ConvolutionCost(int inputs, int outputs, Window window, long batch) {
  /** Of an element that is written and read while what belongs to the products stays cached. */
  private static final double ELEMENT = 24;

  /** Of an element that goes through memory. */
  private static final double MEMORY_ELEMENT = 60;

  /** Elements of the products and of what they read up to which they stay cached (12 MB). */
  private static final long CACHED_ELEMENTS = 3_000_000;

  /** Of a weight, which is read once for all positions of a picture. */
  private static final double WEIGHT = 20;

  /** Of a node, which may have to be started on several threads. */
  private static final double NODE = 500_000;

  /**
   * Weights of one convolution for all products at most (32 MB): F(4 x 4, 3 x 3) has four times
   * those of the kernel, 38 MB for 512 channels, F(4 x 2, 3 x 3) less than three times.
   */
  private static final long MOST_WEIGHTS = 8 << 20;

  /**
   * Products of the direct convolution from which others are tried: smaller ones gain too when they
   * run alone, but densenet121 with all of its own in tiles did not.
   */
  private static final long LEAST_PRODUCTS = 64_000_000;

  /** The least costly tiling. */
  Tiling fastest() {
    return Tiling.of(window).stream()
        .filter(tiling -> tiling.isDirect() || isWorthTrying(tiling))
        .min(Comparator.comparingDouble(this::of))
        .orElseThrow();
  }

  private boolean isWorthTrying(Tiling tiling) {
    long taps = window.axes().stream().mapToLong(Window.Axis::kernel).reduce(1, (a, b) -> a * b);
    long positions =
        window.axes().stream().mapToLong(Window.Axis::output).reduce(1, (a, b) -> a * b);
    return batch * inputs * outputs * taps * positions >= LEAST_PRODUCTS
        && weights(tiling) <= MOST_WEIGHTS;
  }

  /**
   * Whether the tiles of all pictures are computed as those of one: the weights are then read once,
   * for another copy of what the products read.
   */
  boolean foldsBatch(Tiling tiling) {
    return batch > 1 && tiling.rows().isTiled() && outputs > 4 * tiling.tiles();
  }

  private double of(Tiling tiling) {
    double readings = foldsBatch(tiling) ? 1 : batch;
    double convolution = weights(tiling) * (batch * tiling.tiles() + readings * WEIGHT);
    return convolution + (tiling.isDirect() ? 0 : transforms(tiling));
  }

  private double weights(Tiling tiling) {
    return (double) inputs * outputs * tiling.products() * tiling.remainingTaps();
  }

  /** Of all but the convolution that computes the products. */
  private double transforms(Tiling tiling) {
    TiledAxis rows = tiling.rows();
    TiledAxis columns = tiling.columns();
    double read = elements(inputs, rows.read(), columns.read());
    double products = elements(outputs, rows.computed(), columns.computed());
    double written = elements(outputs, rows.axis().output(), columns.axis().output());
    boolean isTiledTwice = rows.isTiled() && columns.isTiled();
    double between = isTiledTwice ? elements(inputs, rows.read(), columns.axis().input()) : 0;
    double folded = foldsBatch(tiling) ? 2 * read : 0;
    double element = read + products <= CACHED_ELEMENTS ? ELEMENT : MEMORY_ELEMENT;
    return element * (between + read + folded + products + written) + NODE * nodes(tiling);
  }

  private double elements(int channels, long height, long width) {
    return (double) batch * channels * height * width;
  }

  /** One for each product along an axis, and those that join, multiply and interleave. */
  private static int nodes(Tiling tiling) {
    int nodes = 4;
    nodes += tiling.rows().isTiled() ? tiling.rows().products() : 0;
    nodes += tiling.columns().isTiled() ? tiling.columns().products() : 0;
    return nodes;
  }
}
