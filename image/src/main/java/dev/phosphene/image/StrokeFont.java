package dev.phosphene.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A font of strokes with round ends, drawn antialiased at any size, with the same pixels on every
 * machine. The system's fonts would differ between machines, and slim Java runtimes have none.
 *
 * <p>The glyphs are in {@code stroke-font.txt}, which also explains their notation. Accents are
 * dropped, and what has no glyph is drawn as a box.
 */
final class StrokeFont {
  private static final String RESOURCE = "stroke-font.txt";
  private static final int MISSING = 0xFFFD;
  private static final int SPACE_ADVANCE = 5;

  /** Height of a capital in the units of the glyphs. */
  private static final double CAPITAL = 10;

  /** Stroke width in the same units: an even, regular weight. */
  private static final double WEIGHT = 1.3;

  /**
   * Segments that approximate an arc: at most a hundredth of a pixel off at the sizes of labels.
   */
  private static final int ARC_SEGMENTS = 24;

  private final Map<Integer, Glyph> glyphs;

  private StrokeFont(Map<Integer, Glyph> glyphs) {
    this.glyphs = glyphs;
  }

  /**
   * @param advance distance to the next glyph's origin
   */
  private record Glyph(int advance, List<Stroke> strokes) {}

  private sealed interface Stroke {}

  /**
   * Joined lines.
   *
   * @param snapped whether x coordinates move to whole pixels
   */
  private record Lines(boolean snapped, double[] xs, double[] ys) implements Stroke {}

  /** Part of an ellipse, angles in radians. */
  private record Arc(double x, double y, double radiusX, double radiusY, double from, double to)
      implements Stroke {}

  /** The font of this package. */
  static StrokeFont load() {
    Map<Integer, Glyph> glyphs = new HashMap<>();
    try (InputStream stream = StrokeFont.class.getResourceAsStream(RESOURCE);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(
                    Objects.requireNonNull(stream, RESOURCE), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("# ") || Character.isDigit(line.charAt(2))) { // "#" is a glyph too
          String[] parts = line.split(" ", 3);
          glyphs.put(
              parts[0].codePointAt(0), new Glyph(Integer.parseInt(parts[1]), strokes(parts[2])));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("The font is missing from the program: " + RESOURCE, e);
    }
    glyphs.put((int) ' ', new Glyph(SPACE_ADVANCE, List.of()));
    return new StrokeFont(Map.copyOf(glyphs));
  }

  private static List<Stroke> strokes(String text) {
    List<Stroke> strokes = new ArrayList<>();
    for (String part : text.split(";", -1)) {
      String stroke = part.strip();
      double[] n = numbers(stroke.replaceFirst("^[o~]\\s*", ""));
      if (stroke.startsWith("o")) {
        strokes.add(new Arc(n[0], n[1], n[2], n[3], Math.toRadians(n[4]), Math.toRadians(n[5])));
      } else {
        double[] xs = new double[n.length / 2];
        double[] ys = new double[n.length / 2];
        for (int i = 0; i < xs.length; i++) {
          xs[i] = n[2 * i];
          ys[i] = n[2 * i + 1];
        }
        strokes.add(new Lines(!stroke.startsWith("~"), xs, ys));
      }
    }
    return List.copyOf(strokes);
  }

  private static double[] numbers(String text) {
    String[] parts = text.split("[ ,]+", -1);
    double[] numbers = new double[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Double.parseDouble(parts[i]);
    }
    return numbers;
  }

  private Glyph glyph(int codePoint) {
    Glyph glyph = glyphs.get(codePoint);
    return glyph != null ? glyph : Objects.requireNonNull(glyphs.get(MISSING));
  }

  private static int[] codePoints(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .map(c -> Character.isWhitespace(c) ? ' ' : c)
        .toArray();
  }

  /** Pixels that a text takes across, at capitals of this height. */
  int width(String text, int capitalHeight) {
    int width = 0;
    for (int codePoint : codePoints(text)) {
      width += advance(glyph(codePoint), capitalHeight / CAPITAL);
    }
    return width;
  }

  private static int advance(Glyph glyph, double unit) {
    return (int) Math.round(glyph.advance() * unit);
  }

  /** The text, or as much of its beginning as fits with an ellipsis. */
  String shortened(String text, int capitalHeight, int available) {
    if (width(text, capitalHeight) <= available) {
      return text;
    }
    int fits = 0;
    int tooLong = text.length();
    while (tooLong - fits > 1) {
      int middle = (fits + tooLong) >>> 1;
      if (width(beginning(text, middle), capitalHeight) <= available) {
        fits = middle;
      } else {
        tooLong = middle;
      }
    }
    return fits == 0 ? "" : beginning(text, fits);
  }

  private static String beginning(String text, int end) {
    boolean splits = Character.isHighSurrogate(text.charAt(end - 1));
    return text.substring(0, splits ? end - 1 : end).stripTrailing() + "…";
  }

  /**
   * Draws one line of text.
   *
   * @param left where the text begins
   * @param baseline the row on which letters stand
   * @param capitalHeight in pixels; 10 and its multiples are the crispest
   */
  void draw(Canvas canvas, String text, int left, int baseline, int capitalHeight, int colour) {
    draw(canvas, text, left, baseline, capitalHeight, colour, 0);
  }

  /**
   * Draws one line of text with wider strokes.
   *
   * @param extra pixels by which strokes are wider on either side
   */
  void draw(
      Canvas canvas,
      String text,
      int left,
      int baseline,
      int capitalHeight,
      int colour,
      double extra) {
    double unit = capitalHeight / CAPITAL;
    int x = left;
    for (int codePoint : codePoints(text)) {
      Glyph glyph = glyph(codePoint);
      drawGlyph(canvas, glyph, x, baseline, unit, colour, extra);
      x += advance(glyph, unit);
    }
  }

  private static void drawGlyph(
      Canvas canvas, Glyph glyph, int left, int baseline, double unit, int colour, double extra) {
    double halfWidth = WEIGHT * unit / 2 + extra;
    int margin = (int) Math.ceil(2 * unit + extra) + 2;
    int columns = advance(glyph, unit) + 2 * margin;
    int above = (int) Math.ceil(12 * unit) + margin;
    int rows = above + (int) Math.ceil(4 * unit) + margin;
    Coverage coverage = new Coverage(columns, rows);
    Grid grid = new Grid(unit, margin, above);
    for (Stroke stroke : glyph.strokes()) {
      double[] points = grid.points(stroke);
      for (int i = 0; i + 3 < points.length; i += 2) {
        coverage.segment(points[i], points[i + 1], points[i + 2], points[i + 3], halfWidth);
      }
    }
    canvas.blend(coverage, left - margin, baseline - above, colour);
  }

  /** From glyph units to pixels, y downwards. */
  private record Grid(double unit, int originX, int originY) {
    /** Strokes an odd number of pixels wide are crisp in pixel centres, others between pixels. */
    private double phase() {
      return Math.max(1, Math.round(WEIGHT * unit)) % 2 == 1 ? 0.5 : 0;
    }

    private double snapX(double x) {
      return originX + Math.floor(x * unit + 0.5) + phase();
    }

    private double looseX(double x) {
      return originX + x * unit + phase();
    }

    private double snapY(double y) {
      return originY - Math.floor(y * unit + 0.5) - phase();
    }

    /** x and y of the points of a stroke in turn. */
    double[] points(Stroke stroke) {
      if (stroke instanceof Lines lines) {
        double[] points = new double[2 * lines.xs().length];
        for (int i = 0; i < lines.xs().length; i++) {
          points[2 * i] = lines.snapped() ? snapX(lines.xs()[i]) : looseX(lines.xs()[i]);
          points[2 * i + 1] = snapY(lines.ys()[i]);
        }
        return points;
      }
      Arc arc = (Arc) stroke;
      double left = snapX(arc.x() - arc.radiusX());
      double right = snapX(arc.x() + arc.radiusX());
      double top = snapY(arc.y() + arc.radiusY());
      double bottom = snapY(arc.y() - arc.radiusY());
      double[] points = new double[2 * ARC_SEGMENTS + 2];
      for (int i = 0; i <= ARC_SEGMENTS; i++) {
        double angle = arc.from() + (arc.to() - arc.from()) * i / ARC_SEGMENTS;
        points[2 * i] = (left + right) / 2 + (right - left) / 2 * StrictMath.cos(angle);
        points[2 * i + 1] = (top + bottom) / 2 - (bottom - top) / 2 * StrictMath.sin(angle);
      }
      return points;
    }
  }
}
