package dev.phosphene.image;

import java.util.stream.IntStream;

/** The values of one channel, of which no more are drawn than can be seen. */
final class Curve {
  /** A pixel column shows no more than its first, least, largest and last value. */
  private static final int SEEN_PER_COLUMN = 4;

  private final float[] values;
  private final int first;
  private final int length;

  /** The channel whose values begin at {@code first}. */
  Curve(float[] values, int first, int length) {
    this.values = values;
    this.first = first;
    this.length = length;
  }

  float value(int position) {
    return values[first + position];
  }

  /**
   * The positions to draw, ascending: all, or of each pixel column those of the first, least,
   * largest and last value, which give the same picture (M4: Jugel et al., <a
   * href="https://www.vldb.org/pvldb/vol7/p797-jugel.pdf">VLDB 2014</a>). A column without finite
   * values keeps one position, where the curve then breaks.
   */
  int[] seen(int columns) {
    if (length <= SEEN_PER_COLUMN * columns) {
      return IntStream.range(0, length).toArray();
    }
    IntStream.Builder seen = IntStream.builder();
    for (int column = 0; column < columns; column++) {
      int from = (int) ((long) column * length / columns);
      int to = (int) ((long) (column + 1) * length / columns);
      extremes(from, to).forEach(seen::add);
    }
    return seen.build().toArray();
  }

  private IntStream extremes(int from, int to) {
    int begin = -1;
    int least = -1;
    int largest = -1;
    int end = -1;
    for (int i = from; i < to; i++) {
      float value = value(i);
      if (Float.isFinite(value)) {
        if (begin < 0) {
          begin = i;
          least = i;
          largest = i;
        }
        least = value < value(least) ? i : least;
        largest = value > value(largest) ? i : largest;
        end = i;
      }
    }
    return begin < 0
        ? IntStream.of(from)
        : IntStream.of(begin, least, largest, end).sorted().distinct();
  }
}
