package dev.phosphene.gradient.rule;

import dev.phosphene.graph.Attributes;
import dev.phosphene.graph.Emitter;
import dev.phosphene.graph.Value;
import dev.phosphene.tensor.ElementType;
import java.util.ArrayList;
import java.util.List;

/**
 * One spatial axis of an image that GridSample reads.
 *
 * @param size elements along the axis
 * @param aligned whether -1 and 1 are the middles of the outer elements, or their outer edges
 * @param padding zeros, border or reflection
 */
record SamplingAxis(Emitter graph, long size, boolean aligned, String padding) {

  /** The taps at coordinates in [-1, 1]. */
  List<SamplingTap> taps(Value coordinate, SamplingKernel kernel) {
    Value position = position(coordinate);
    Value whole = graph.apply(kernel.taps() == 1 ? "Round" : "Floor", position);
    Value fraction = graph.subtract(position, whole);
    List<SamplingTap> taps = new ArrayList<>();
    for (int tap = 0; tap < kernel.taps(); tap++) {
      int offset = kernel.first() + tap;
      Value index = offset == 0 ? whole : graph.add(whole, offset);
      Value weight = kernel.weight(graph, fraction, tap);
      Value slope = kernel.slope(graph, fraction, tap);
      if (padding.equals("zeros")) {
        Value inside = inside(index);
        weight = graph.multiply(weight, inside);
        slope = graph.multiply(slope, inside);
      }
      taps.add(new SamplingTap(graph.cast(onImage(index), ElementType.INT64), weight, slope));
    }
    return taps;
  }

  /** From [-1, 1] to elements. */
  private Value position(Value coordinate) {
    return aligned
        ? graph.multiply(graph.add(coordinate, 1), (size - 1) / 2.0)
        : graph.add(graph.multiply(coordinate, size / 2.0), (size - 1) / 2.0);
  }

  private Value inside(Value index) {
    return graph.indicator(graph.equal(index, clipped(index)), index);
  }

  private Value onImage(Value index) {
    return padding.equals("reflection") && size > 1 ? clipped(reflected(index)) : clipped(index);
  }

  private Value clipped(Value index) {
    return graph.apply(
        "Clip", index, graph.scalarLike(index, 0), graph.scalarLike(index, size - 1.0));
  }

  /** Mirrors at the middles of the outer elements, or at their outer edges. */
  private Value reflected(Value index) {
    double edge = aligned ? 0 : -0.5;
    double length = aligned ? size - 1.0 : (double) size;
    Value distance =
        graph.absolute(edge == 0 ? index : graph.subtract(index, graph.scalarLike(index, edge)));
    Value within =
        graph.apply("Mod", Attributes.of("fmod", 1), distance, graph.scalarLike(index, 2 * length));
    Value mirrored = graph.apply("Min", within, graph.subtract(2 * length, within));
    return edge == 0 ? mirrored : graph.add(mirrored, edge);
  }
}
