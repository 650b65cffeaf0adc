package dev.phosphene.visualize.transform;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.OperatorType;
import dev.phosphene.graph.PhospheneException;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Where each pixel of a transformed picture is read: an affine map of its offset from the picture's
 * centre, in pixels. What lies outside the picture is its mirror image.
 *
 * <p>The pixels that each is read from, and their shares, are computed outside the graph. In it
 * they are one gather, whose gradient is one scatter: for four pixels each, a third of the time of
 * GridSample and its gradient, and most of that is the scatter.
 *
 * @param yy from the vertical offset to the vertical one
 * @param yx from the horizontal offset to the vertical one
 * @param xy from the vertical offset to the horizontal one
 * @param xx from the horizontal offset to the horizontal one
 * @param down added to the vertical offset
 * @param right added to the horizontal offset
 */
record AffineMap(double yy, double yx, double xy, double xx, double down, double right) {
  /** Beyond it, indices are no longer whole numbers in float32. */
  private static final long MOST_PIXELS = 1L << 24;

  /**
   * Turned, and shown larger by a factor.
   *
   * @param angle counterclockwise as seen, in radians
   */
  static AffineMap turned(double angle, double enlargement, double down, double right) {
    double cos = Math.cos(angle) / enlargement;
    double sin = Math.sin(angle) / enlargement;
    return new AffineMap(cos, sin, -sin, cos, down, right);
  }

  /**
   * Adds pictures {@code [N, C, H, W]} as a random map shows them.
   *
   * @param name of the input that it draws at each step
   * @param sampling between pixels
   */
  static Value apply(
      Emitter graph,
      Value pictures,
      StepInputs inputs,
      String name,
      Sampling sampling,
      Function<Random, AffineMap> maps) {
    int height = (int) pictures.size(2);
    int width = (int) pictures.size(3);
    long count = pictures.size(0);
    long channels = pictures.size(1);
    long pixels = (long) height * width;
    if (pixels > MOST_PIXELS) {
      throw new PhospheneException(
          "Pictures of at most %d pixels can be turned, found %d x %d; leave out the rotation"
              .formatted(MOST_PIXELS, height, width));
    }
    int taps = sampling.taps();
    Value flat = graph.reshape(pictures, count, channels, pixels);
    Value read =
        switch (sampling) {
          case NEAREST -> {
            Value drawn =
                inputs.declare(
                    name, random -> maps.apply(random).nearest(height, width), 1, pixels);
            yield gather(graph, flat, drawn);
          }
          case BILINEAR -> {
            Value drawn =
                inputs.declare(
                    name, random -> maps.apply(random).around(height, width), 2, taps * pixels);
            Value around = gather(graph, flat, graph.slice(drawn, 1, 0, 1));
            yield sum(graph, graph.multiply(around, graph.slice(drawn, 1, 1, 2)), taps);
          }
        };
    return graph.reshape(read, pictures.shape().sizes());
  }

  /**
   * Reads all channels at the same places.
   *
   * @param flat {@code [N, C, P]}
   * @param places {@code [N, 1, K]}
   * @return {@code [N, C, K]}
   */
  private static Value gather(Emitter graph, Value flat, Value places) {
    Value indices =
        graph.expand(
            graph.cast(places, ElementType.INT64), flat.size(0), flat.size(1), places.size(2));
    return graph.apply("GatherElements", Attributes.of("axis", 2), flat, indices);
  }

  /** Of parts that lie one after the other along the last axis. */
  private static Value sum(Emitter graph, Value parts, int count) {
    return graph
        .apply(
            OperatorType.of("Split"),
            count,
            Attributes.of("axis", 2, "num_outputs", count),
            List.of(parts))
        .stream()
        .reduce(graph::add)
        .orElseThrow();
  }

  /** Of each pixel, the index of the one that it is read from. */
  private float[] nearest(int height, int width) {
    float[] places = new float[height * width];
    forEach(
        height,
        width,
        (at, y, x) ->
            places[at] =
                AxisMatrices.mirrored(Math.round(y), height) * width
                    + AxisMatrices.mirrored(Math.round(x), width));
    return places;
  }

  /** Indices of the four pixels around each, all first ones first, then their shares. */
  private float[] around(int height, int width) {
    int pixels = height * width;
    int all = Sampling.BILINEAR.taps() * pixels;
    float[] taps = new float[2 * all];
    forEach(
        height,
        width,
        (at, y, x) -> {
          long above = (long) Math.floor(y);
          long left = (long) Math.floor(x);
          float lower = (float) (y - above);
          float righter = (float) (x - left);
          int top = AxisMatrices.mirrored(above, height) * width;
          int bottom = AxisMatrices.mirrored(above + 1, height) * width;
          int first = AxisMatrices.mirrored(left, width);
          int second = AxisMatrices.mirrored(left + 1, width);
          taps[at] = top + first;
          taps[at + pixels] = top + second;
          taps[at + 2 * pixels] = bottom + first;
          taps[at + 3 * pixels] = bottom + second;
          int share = at + all;
          taps[share] = (1 - lower) * (1 - righter);
          taps[share + pixels] = (1 - lower) * righter;
          taps[share + 2 * pixels] = lower * (1 - righter);
          taps[share + 3 * pixels] = lower * righter;
        });
    return taps;
  }

  /** Takes each pixel by its index, and where in the picture it is read from. */
  @FunctionalInterface
  private interface Reader {
    void read(int at, double y, double x);
  }

  private void forEach(int height, int width, Reader reader) {
    double centreY = (height - 1) / 2.0;
    double centreX = (width - 1) / 2.0;
    for (int row = 0, at = 0; row < height; row++) {
      double originY = yy * (row - centreY) + down + centreY;
      double originX = xy * (row - centreY) + right + centreX;
      for (int column = 0; column < width; column++, at++) {
        reader.read(at, originY + yx * (column - centreX), originX + xx * (column - centreX));
      }
    }
  }
}
