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
 * centre, in pixels. Between pixels it interpolates bilinearly; what lies outside the picture is
 * its mirror image.
 *
 * <p>The four pixels that each is read from, and their shares, are computed outside the graph. In
 * it they are one gather, whose gradient is one scatter: a third of the time of GridSample and its
 * gradient.
 *
 * @param yy from the vertical offset to the vertical one
 * @param yx from the horizontal offset to the vertical one
 * @param xy from the vertical offset to the horizontal one
 * @param xx from the horizontal offset to the horizontal one
 * @param down added to the vertical offset
 * @param right added to the horizontal offset
 */
record AffineMap(double yy, double yx, double xy, double xx, double down, double right) {
  private static final int TAPS = 4;

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
   */
  static Value apply(
      Emitter graph,
      Value pictures,
      StepInputs inputs,
      String name,
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
    Value drawn =
        inputs.declare(name, random -> maps.apply(random).taps(height, width), 2, TAPS * pixels);
    Value places = graph.cast(graph.slice(drawn, 1, 0, 1), ElementType.INT64);
    Value indices = graph.expand(places, count, channels, TAPS * pixels);
    Value flat = graph.reshape(pictures, count, channels, pixels);
    Value read = graph.apply("GatherElements", Attributes.of("axis", 2), flat, indices);
    Value shares = graph.slice(drawn, 1, 1, 2);
    List<Value> parts =
        graph.apply(
            OperatorType.of("Split"),
            TAPS,
            Attributes.of("axis", 2, "num_outputs", TAPS),
            List.of(graph.multiply(read, shares)));
    Value sum =
        graph.add(graph.add(parts.get(0), parts.get(1)), graph.add(parts.get(2), parts.get(3)));
    return graph.reshape(sum, pictures.shape().sizes());
  }

  /** Indices of four pixels for each, all first ones first, then their shares. */
  private float[] taps(int height, int width) {
    int pixels = height * width;
    float[] taps = new float[2 * TAPS * pixels];
    double centreY = (height - 1) / 2.0;
    double centreX = (width - 1) / 2.0;
    for (int y = 0, at = 0; y < height; y++) {
      double originY = yy * (y - centreY) + down + centreY;
      double originX = xy * (y - centreY) + right + centreX;
      for (int x = 0; x < width; x++, at++) {
        double sourceY = originY + yx * (x - centreX);
        double sourceX = originX + xx * (x - centreX);
        long above = (long) Math.floor(sourceY);
        long left = (long) Math.floor(sourceX);
        float lower = (float) (sourceY - above);
        float righter = (float) (sourceX - left);
        int top = AxisMatrices.mirrored(above, height) * width;
        int bottom = AxisMatrices.mirrored(above + 1, height) * width;
        int first = AxisMatrices.mirrored(left, width);
        int second = AxisMatrices.mirrored(left + 1, width);
        taps[at] = top + first;
        taps[at + pixels] = top + second;
        taps[at + 2 * pixels] = bottom + first;
        taps[at + 3 * pixels] = bottom + second;
        int share = at + TAPS * pixels;
        taps[share] = (1 - lower) * (1 - righter);
        taps[share + pixels] = (1 - lower) * righter;
        taps[share + 2 * pixels] = lower * (1 - righter);
        taps[share + 3 * pixels] = lower * righter;
      }
    }
    return taps;
  }
}
