package dev.phosphene.image;

import dev.phosphene.graph.PhospheneException;
import dev.phosphene.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signal as curves, one a channel, over its positions.
 *
 * <p>NaN and infinite values leave gaps. Signals longer than the plot is wide keep the extremes of
 * every pixel column. Of very many channels the first {@value #MOST_CURVES} are drawn, and the
 * legend says how many are left out. The same plot has the same pixels on every machine.
 *
 * @param signal {@code [C, L]}
 * @param names one a channel, or none at all to number them
 * @param title one line over the plot; empty for none
 * @param range of the value axis; null for that of the values
 * @param strengths shown behind the curves; null for none
 * @param colours of the strengths
 * @param width of the picture in pixels
 * @param height of the picture in pixels
 */
public record CurvePlot(
    Tensor signal,
    List<String> names,
    String title,
    @Nullable Range range,
    @Nullable HeatMap strengths,
    ColourMap colours,
    int width,
    int height) {
  static final int MOST_CURVES = 24;

  /** Twice as wide as high, and of a width that two beside each other fit on a page. */
  private static final int WIDTH = 448;

  private static final int HEIGHT = 224;
  private static final int LEAST_SIDE = 96;
  private static final int MOST_SIDE = 2048;

  /**
   * Part of an axis.
   *
   * @param least its lower end
   * @param most its upper end, above {@code least}; both are finite
   */
  public record Range(double least, double most) {
    public Range {
      if (!(least < most) || Double.isInfinite(most - least)) {
        throw new IllegalArgumentException(
            "A range goes from a finite number to a larger one, found %s to %s"
                .formatted(least, most));
      }
    }
  }

  /**
   * Checks that all parts fit together.
   *
   * @throws PhospheneException where the signal or the strengths have another shape
   */
  public CurvePlot {
    names = List.copyOf(names);
    long[] sizes = signal.sizes();
    if (sizes.length != 2 || signal.elements() < 1) {
      throw new PhospheneException(
          "A signal to plot has the shape [C, L], found " + signal.shape());
    }
    if (!names.isEmpty() && names.size() != sizes[0]) {
      throw new IllegalArgumentException(
          "A plot has a name for each of its %d channels, found %d"
              .formatted(sizes[0], names.size()));
    }
    if (strengths != null && !strengths.spatial().equals(List.of((int) sizes[1]))) {
      throw new PhospheneException(
          "The strengths of a signal of %d positions are as many, found a heat map of %s"
              .formatted(sizes[1], strengths));
    }
    if (Math.min(width, height) < LEAST_SIDE || Math.max(width, height) > MOST_SIDE) {
      throw new IllegalArgumentException(
          "A plot is %d to %d pixels wide and high, found %d x %d"
              .formatted(LEAST_SIDE, MOST_SIDE, width, height));
    }
  }

  /** A plot of numbered channels over the range of their values, 448 x 224 pixels. */
  public static CurvePlot of(Tensor signal) {
    return new CurvePlot(signal, List.of(), "", null, null, ColourMap.TURBO, WIDTH, HEIGHT);
  }

  /** The same plot with a name for each channel. */
  public CurvePlot withNames(List<String> newNames) {
    return new CurvePlot(signal, newNames, title, range, strengths, colours, width, height);
  }

  public CurvePlot withTitle(String newTitle) {
    return new CurvePlot(signal, names, newTitle, range, strengths, colours, width, height);
  }

  /** The same plot with a fixed value axis; what of a curve lies outside is cut off. */
  public CurvePlot withRange(double least, double most) {
    Range fixed = new Range(least, most);
    return new CurvePlot(signal, names, title, fixed, strengths, colours, width, height);
  }

  /**
   * The same plot with a strength for every position as colour behind the curves: opaque where the
   * strength is 1 (or -1), nothing where it is 0.
   *
   * @param newStrengths {@code [L]}
   * @throws PhospheneException where the map has another shape
   */
  public CurvePlot withStrengths(HeatMap newStrengths, ColourMap newColours) {
    return new CurvePlot(signal, names, title, range, newStrengths, newColours, width, height);
  }

  /** The same plot as a picture of this size, 96 to 2048 pixels either way. */
  public CurvePlot withSize(int newWidth, int newHeight) {
    return new CurvePlot(signal, names, title, range, strengths, colours, newWidth, newHeight);
  }

  /** The plot as a picture. */
  public Image render() {
    return new CurveDrawing(this).drawn();
  }
}
