package dev.phosphene.image;

import dev.phosphene.image.CurvePlot.Range;
import java.math.BigDecimal;

/** Lays out and draws one {@link CurvePlot}. */
final class CurveDrawing {
  private static final int MARGIN = 12;
  private static final int GAP = 8;

  /** Free pixels between the plot's sides and the outermost positions. */
  private static final int INSET = 8;

  private static final int TICK_DISTANCE_X = 72;
  private static final int TICK_DISTANCE_Y = 30;

  /** Half the width of a curve in pixels: at any height some pixels are of its full colour. */
  private static final double HALF_WIDTH = 1;

  /** By how much the dark edge of curves over strengths goes beyond them. */
  private static final double EDGE = 1.2;

  private static final double DOT = 2.4;

  /** Every position has a dot where positions are at least so many pixels apart. */
  private static final double DOT_DISTANCE = 14;

  /** An automatic range goes this share of the values' range beyond them. */
  private static final double HEADROOM = 0.06;

  /** Points outside the picture are moved no farther away than this; lines look the same. */
  private static final double FARTHEST = 1e5;

  private static final double GRID_OPACITY = 0.1;

  private static final int KEY_LENGTH = 14;
  private static final int MOST_NAME_WIDTH = 132;

  private final StrokeFont font = StrokeFont.load();
  private final CurvePlot plot;
  private final Canvas canvas;
  private final int channels;
  private final int curves;
  private final int length;
  private final float[] values;
  private final Range range;
  private final Ticks valueTicks;

  /** The area of the curves. */
  private final int left;

  private final int top;
  private final int right;
  private final int bottom;

  CurveDrawing(CurvePlot plot) {
    this.plot = plot;
    this.canvas = new Canvas(plot.width(), plot.height(), Theme.BACKGROUND);
    this.channels = (int) plot.signal().sizes()[0];
    this.length = (int) plot.signal().sizes()[1];
    this.curves = Math.min(channels, CurvePlot.MOST_CURVES);
    this.values = plot.signal().toFloats();
    Range fixed = plot.range();
    this.range = fixed != null ? fixed : rangeOf(values, curves * length);
    int title = plot.title().isEmpty() ? 0 : Theme.TITLE_CAPITAL + 2 * GAP;
    int legend = hasLegend() ? Theme.LABEL_CAPITAL + GAP + 2 : 0;
    this.top = MARGIN + title + legend;
    this.bottom = plot.height() - MARGIN - Theme.LABEL_CAPITAL - GAP;
    int intervals = Math.max(2, (bottom - top) / TICK_DISTANCE_Y);
    this.valueTicks = Ticks.within(range.least(), range.most(), intervals);
    int widest =
        valueTicks.values().stream()
            .mapToInt(value -> font.width(valueTicks.label(value), Theme.LABEL_CAPITAL))
            .max()
            .orElse(0);
    this.left = MARGIN + Math.min(widest, plot.width() / 3) + GAP;
    this.right = plot.width() - MARGIN;
  }

  private boolean hasLegend() {
    return channels > 1 || !plot.names().isEmpty();
  }

  /** The range of the finite among the first values, with headroom. */
  private static Range rangeOf(float[] values, int count) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      if (Float.isFinite(values[i])) {
        least = Math.min(least, values[i]);
        most = Math.max(most, values[i]);
      }
    }
    if (least > most) {
      return new Range(0, 1);
    }
    double headroom =
        least < most ? HEADROOM * (most - least) : least == 0 ? 1 : Math.abs(least) / 2;
    return new Range(least - headroom, most + headroom);
  }

  Image drawn() {
    if (!plot.title().isEmpty()) {
      text(plot.title(), MARGIN, MARGIN + Theme.TITLE_CAPITAL, Theme.TITLE_CAPITAL);
    }
    if (hasLegend()) {
      drawLegend(top - GAP - 2);
    }
    canvas.fill(left, top, right - left, bottom - top, Theme.PLOT_BACKGROUND);
    HeatMap strengths = plot.strengths();
    if (strengths != null) {
      drawStrengths(strengths);
    }
    drawAxes();
    for (int c = 0; c < curves; c++) {
      drawCurve(c, strengths != null);
    }
    return canvas.toImage();
  }

  private void text(String text, int x, int baseline, int capital) {
    int colour = capital == Theme.TITLE_CAPITAL ? Theme.TITLE_COLOUR : Theme.LABEL_COLOUR;
    String line = font.shortened(text, capital, plot.width() - MARGIN - x);
    font.draw(canvas, line, x, baseline, capital, colour);
  }

  private void drawLegend(int baseline) {
    int x = MARGIN;
    for (int c = 0; c < curves; c++) {
      String name = plot.names().isEmpty() ? String.valueOf(c) : plot.names().get(c);
      String shown = font.shortened(name, Theme.LABEL_CAPITAL, MOST_NAME_WIDTH);
      int end = x + KEY_LENGTH + 6 + font.width(shown, Theme.LABEL_CAPITAL);
      String rest = c + 1 < channels ? "+ " + (channels - c - 1) : "";
      int room = rest.isEmpty() ? 0 : 2 * GAP + font.width(rest, Theme.LABEL_CAPITAL);
      if (c > 0 && end + room > right) {
        text("+ " + (channels - c), x, baseline, Theme.LABEL_CAPITAL);
        return;
      }
      Coverage key = new Coverage(KEY_LENGTH + 4, 8);
      key.segment(2, 4, KEY_LENGTH + 2, 4, 1.5);
      canvas.blend(key, x - 2, baseline - Theme.LABEL_CAPITAL / 2 - 4, Theme.curve(c, curves));
      text(shown, x + KEY_LENGTH + 6, baseline, Theme.LABEL_CAPITAL);
      x = end + 2 * GAP;
    }
    if (curves < channels) {
      text("+ " + (channels - curves), x, baseline, Theme.LABEL_CAPITAL);
    }
  }

  /** One colour a pixel column: of the strongest position in it, or else of the nearest. */
  private void drawStrengths(HeatMap strengths) {
    for (int x = left; x < right; x++) {
      int first = Math.max(0, (int) Math.ceil(position(x)));
      int end = Math.min(length, (int) Math.ceil(position(x + 1)));
      int nearest = (int) Math.round(position(x + 0.5));
      float strongest = strengths.strength(Math.max(0, Math.min(length - 1, nearest)), 0);
      for (int i = first; i < end; i++) {
        float strength = strengths.strength(i, 0);
        strongest = Math.abs(strength) > Math.abs(strongest) ? strength : strongest;
      }
      double opacity = Math.min(1, Math.abs(strongest));
      int colour = plot.colours().colour(strongest);
      for (int y = top; y < bottom; y++) {
        canvas.blend(x, y, colour, opacity);
      }
    }
  }

  private void drawAxes() {
    int capital = Theme.LABEL_CAPITAL;
    for (BigDecimal value : valueTicks.values()) {
      int y = Math.min(bottom - 1, (int) Math.floor(y(value.doubleValue())));
      if (y >= top) {
        for (int x = left; x < right; x++) {
          canvas.blend(x, y, 0xFFFFFF, value.signum() == 0 ? 2 * GRID_OPACITY : GRID_OPACITY);
        }
        String label = font.shortened(valueTicks.label(value), capital, left - MARGIN - GAP);
        int x = left - GAP - font.width(label, capital);
        font.draw(canvas, label, x, y + capital / 2, capital, Theme.LABEL_COLOUR);
      }
    }
    Ticks positions = Ticks.ofPositions(length, Math.max(1, (right - left) / TICK_DISTANCE_X));
    for (BigDecimal position : positions.values()) {
      int x = (int) Math.floor(x(position.doubleValue()));
      for (int y = top; y < bottom; y++) {
        canvas.blend(x, y, 0xFFFFFF, GRID_OPACITY);
      }
      String label = positions.label(position);
      int width = font.width(label, capital);
      int begin = Math.min(x - width / 2, plot.width() - MARGIN / 2 - width);
      font.draw(canvas, label, begin, bottom + GAP + capital, capital, Theme.LABEL_COLOUR);
    }
  }

  private double x(double position) {
    double inner = right - left - 2.0 * INSET;
    return length == 1 ? (left + right) / 2.0 : left + INSET + position / (length - 1.0) * inner;
  }

  private double position(double x) {
    double inner = right - left - 2.0 * INSET;
    return length == 1 ? 0 : (x - left - INSET) / inner * (length - 1.0);
  }

  private double y(double value) {
    double share = (value - range.least()) / (range.most() - range.least());
    double y = bottom - share * (bottom - top);
    return Math.max(-FARTHEST, Math.min(FARTHEST, y));
  }

  private void drawCurve(int channel, boolean edged) {
    Curve curve = new Curve(values, channel * length, length);
    int[] seen = curve.seen(right - left - 2 * INSET);
    if (edged) {
      canvas.blend(covered(curve, seen, EDGE), left, top, Theme.BACKGROUND);
    }
    canvas.blend(covered(curve, seen, 0), left, top, Theme.curve(channel, curves));
  }

  private Coverage covered(Curve curve, int[] seen, double extra) {
    Coverage coverage = new Coverage(right - left, bottom - top);
    boolean sparse = length == 1 || x(1) - x(0) >= DOT_DISTANCE;
    int before = -1;
    for (int i = 0; i < seen.length; i++) {
      int position = seen[i];
      if (!Float.isFinite(curve.value(position))) {
        before = -1;
        continue;
      }
      double x = x(position) - left;
      double y = y(curve.value(position)) - top;
      if (before >= 0) {
        coverage.segment(x(before) - left, y(curve.value(before)) - top, x, y, HALF_WIDTH + extra);
      }
      boolean alone =
          before < 0 && (i + 1 == seen.length || !Float.isFinite(curve.value(seen[i + 1])));
      if (sparse || alone) {
        coverage.segment(x, y, x, y, DOT + extra);
      }
      before = position;
    }
    return coverage;
  }
}
