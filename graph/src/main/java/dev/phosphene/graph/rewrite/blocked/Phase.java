package dev.phosphene.graph.rewrite.blocked;

import dev.phosphene.graph.operator.Window;

/**
 * Every stride-th output of a transposed convolution along one axis: {@code out[stride * q +
 * position] = sum over d of in[q + d] * w[tap(d)]}, for d from first to last.
 *
 * @param axis of the whole convolution
 * @param position of the first of these outputs, below the stride
 * @param first least distance d, as {@link #last} some phase's even if this one has no tap there
 * @param last largest distance
 */
record Phase(Window.Axis axis, long position, long first, long last) {
  /** The phase with the taps that it has; {@code last < first} where it has none. */
  static Phase of(Window.Axis axis, long position) {
    long shift = (position + axis.padBegin()) / axis.stride();
    long rest = (position + axis.padBegin()) % axis.stride();
    long taps = rest >= axis.kernel() ? 0 : (axis.kernel() - 1 - rest) / axis.stride() + 1;
    return new Phase(axis, position, shift - taps + 1, shift);
  }

  /** This phase with zeros for taps that it does not have. */
  Phase over(long from, long to) {
    return new Phase(axis, position, from, to);
  }

  boolean isEmpty() {
    return last < first;
  }

  int taps() {
    return Math.toIntExact(last - first + 1);
  }

  /** The tap of the whole kernel at a distance; outside the kernel where there is none. */
  long tap(long distance) {
    return position + axis.padBegin() - axis.stride() * distance;
  }

  boolean has(long tap) {
    return tap >= 0 && tap < axis.kernel();
  }

  /** Outputs of each phase; those beyond the end are cut off. */
  static long outputs(Window.Axis axis) {
    return (axis.output() + axis.stride() - 1) / axis.stride();
  }

  /** The window of the convolution that computes this phase; its padding may be negative. */
  Window.Axis window() {
    long outputs = outputs(axis);
    return new Window.Axis(
        taps(), 1, 1, -first, outputs - 1 + last - (axis.input() - 1), 0, axis.input(), outputs);
  }
}
